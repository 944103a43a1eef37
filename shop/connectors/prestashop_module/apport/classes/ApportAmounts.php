<?php
/**
 * Money in whole minor units, rounded half away from zero. Knows nothing of PrestaShop.
 *
 * The same as amounts.py of the connector: one table of figures tests both.
 */
declare(strict_types=1);

final class ApportAmounts
{
    public const MILLION = 1000000;

    private const DIGITS = [
        'BIF' => 0, 'CLP' => 0, 'JPY' => 0, 'KRW' => 0, 'VND' => 0, 'XAF' => 0, 'XOF' => 0, 'XPF' => 0,
        'BHD' => 3, 'JOD' => 3, 'KWD' => 3, 'OMR' => 3, 'TND' => 3,
    ];

    /** Return a decimal text such as "31.322314" in millionths, exactly. */
    public static function millionths($text): int
    {
        $text = trim((string) $text);
        if (!preg_match('/^(-?)(\d{1,11})(?:\.(\d*))?$/D', $text === '' ? '0' : $text, $parts)) {
            throw new InvalidArgumentException('This is not an amount.');
        }
        $decimals = str_pad(substr($parts[3] ?? '', 0, 7), 7, '0');
        $found = (int) $parts[2] * self::MILLION + (int) substr($decimals, 0, 6);
        if ((int) $decimals[6] >= 5) {
            ++$found;
        }

        return $parts[1] === '-' ? -$found : $found;
    }

    /** Return top / bottom, rounded half away from zero; bottom is above zero. */
    public static function ratio(int $top, int $bottom): int
    {
        $rounded = intdiv(2 * abs($top) + $bottom, 2 * $bottom);

        return $top < 0 ? -$rounded : $rounded;
    }

    /** Return minor units of $currency; $rate in millionths of the order's currency for one of it. */
    public static function minor(int $millionths, string $currency, int $rate = self::MILLION): int
    {
        return self::ratio($millionths * 10 ** (self::DIGITS[$currency] ?? 2), $rate);
    }

    /**
     * Split an amount by weights, largest remainder, ties to the earlier part; of no weight: nothing.
     *
     * @param int[] $weights
     *
     * @return int[]
     */
    public static function split(int $amount, array $weights): array
    {
        $total = array_sum($weights);
        if ($total === 0) {
            return array_fill(0, count($weights), 0);
        }
        $parts = $rests = [];
        foreach ($weights as $index => $weight) {
            $parts[$index] = intdiv(abs($amount) * $weight, $total);
            $rests[$index] = abs($amount) * $weight % $total;
        }
        $places = array_keys($rests);
        usort($places, static function (int $one, int $other) use ($rests): int {
            return $rests[$other] <=> $rests[$one] ?: $one <=> $other;
        });
        foreach (array_slice($places, 0, abs($amount) - array_sum($parts)) as $index) {
            ++$parts[$index];
        }

        return $amount < 0 ? array_map(static function (int $part): int { return -$part; }, $parts) : $parts;
    }

    /**
     * Return net, discount and tax of each line once the rules of the cart are spread over the goods.
     *
     * @param array<int, array{is_goods: bool, net: int, gross: int}> $lines in millionths
     * @param array<int, array{net: int, gross: int, frees_shipping: bool}> $rules in millionths
     * @param int|null $shipping the index of the shipping line
     *
     * @return array<int, array{net: int, discount: int, tax: int}> in minor units
     */
    public static function nets(array $lines, array $rules, string $currency, int $rate, ?int $shipping): array
    {
        $before = $tax = [];
        foreach ($lines as $index => $line) {
            $before[$index] = max(self::minor($line['net'], $currency, $rate), 0);
            $tax[$index] = self::minor($line['gross'], $currency, $rate) - $before[$index];
        }
        $left = $before;
        foreach ($rules as $rule) {
            $amount = max(self::minor($rule['net'], $currency, $rate), 0);
            $first = $rule['frees_shipping'] ? $shipping : null;
            $parts = self::spread($amount, $lines, $before, $left, $first);
            $ofTax = self::split(self::minor($rule['gross'], $currency, $rate) - $amount, $parts);
            foreach ($parts as $index => $part) {
                $left[$index] -= $part;
                $tax[$index] -= $ofTax[$index];
            }
        }
        $found = [];
        foreach ($left as $index => $net) {
            $found[] = ['net' => $net, 'discount' => $before[$index] - $net, 'tax' => $tax[$index]];
        }

        return $found;
    }

    private static function spread(int $amount, array $lines, array $before, array $left, ?int $first): array
    {
        $parts = array_fill(0, count($lines), 0);
        if ($first !== null) {
            $parts[$first] = min($amount, $left[$first]);
        }
        $goods = array_keys(array_filter(array_column($lines, 'is_goods')));
        $room = $weights = [];
        foreach ($goods as $index) {
            $room[] = $left[$index];
            $weights[] = $before[$index];
        }
        $wanted = min($amount - array_sum($parts), array_sum($room));
        $fitting = array_map('min', self::split($wanted, $weights), $room);
        $spare = array_map(static function (int $one, int $part): int { return $one - $part; }, $room, $fitting);
        $others = self::split($wanted - array_sum($fitting), $spare);
        foreach ($goods as $place => $index) {
            $parts[$index] = $fitting[$place] + $others[$place];
        }
        $rest = $amount - array_sum($parts);
        foreach ($lines as $index => $line) {
            if (!$line['is_goods']) {
                $more = min($rest, $left[$index] - $parts[$index]);
                $parts[$index] += $more;
                $rest -= $more;
            }
        }

        return $parts;
    }
}
