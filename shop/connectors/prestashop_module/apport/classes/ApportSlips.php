<?php
/**
 * Credit slips as lines of returns: what came back follows quantities. Knows nothing of PrestaShop.
 *
 * The same as slips.py of the connector: one table of figures tests both.
 */
declare(strict_types=1);

final class ApportSlips
{
    /**
     * Return the lines of a return.
     *
     * @param array $left lines by id with what of them did not come back yet; it is taken out of them
     */
    public static function lines(array $slip, array &$left, string $currency, int $rate): array
    {
        $quantities = $amounts = $found = [];
        foreach ($slip['details'] ?? [] as $detail) {
            $id = (string) $detail['id_order_detail'];
            $quantities[$id] = ($quantities[$id] ?? 0) + max((int) $detail['product_quantity'], 0);
            $amounts[$id] = ($amounts[$id] ?? 0) + ApportAmounts::millionths($detail['amount_tax_excl']);
        }
        foreach ($quantities as $id => $quantity) {
            $amount = ApportAmounts::minor($amounts[$id], $currency, $rate);
            $found[] = self::line((string) $id, $quantity, $amount, $left);
        }
        $shipping = ApportAmounts::millionths($slip['total_shipping_tax_excl'] ?? '0');
        if ($shipping > 0 && isset($left['shipping'])) {
            $found[] = self::money('shipping', ApportAmounts::minor($shipping, $currency, $rate), $left);
        }
        $whole = ApportAmounts::millionths($slip['total_products_tax_excl'] ?? '0');
        $whole = ApportAmounts::minor($whole, $currency, $rate);
        if (!$quantities && $whole > 0) {
            $found[] = ['id' => 'amount', 'amount_only' => true, 'net_minor' => $whole];
        }

        return array_values(array_filter($found));
    }

    /** PrestaShop has no refund of a line without a quantity: little money is money, not goods. */
    private static function line(string $id, int $quantity, int $amount, array &$left): ?array
    {
        if (!isset($left[$id])) { // An edit took the line out of the order since.
            if (!$quantity) {
                return $amount < 1 ? null
                    : ['id' => $id, 'line_id' => $id, 'amount_only' => true, 'net_minor' => $amount];
            }

            return ['id' => $id, 'line_id' => $id, 'quantity' => $quantity, 'net_minor' => max($amount, 0)];
        }
        $line = &$left[$id];
        $worth = ApportAmounts::ratio($line['net_minor'] * min($quantity, $line['quantity']), $line['quantity']);
        if (!$quantity || (2 * $amount > 0 && 2 * $amount < $worth)) {
            return self::money($id, $amount, $left);
        }
        $pieces = min($quantity, $line['pieces']);
        if (!$pieces) {
            return null;
        }
        $net = min(ApportAmounts::ratio($line['net_minor'] * $pieces, $line['quantity']), $line['minor']);
        $line['pieces'] -= $pieces;
        $line['minor'] -= $net;

        return ['id' => $id, 'line_id' => $id, 'sku' => $line['sku'], 'quantity' => $pieces, 'net_minor' => $net];
    }

    private static function money(string $id, int $minor, array &$left): ?array
    {
        $taken = min($minor, $left[$id]['minor']);
        if ($taken < 1) {
            return null;
        }
        $left[$id]['minor'] -= $taken;

        return [
            'id' => $id, 'line_id' => $id, 'sku' => $left[$id]['sku'] ?? '', 'amount_only' => true,
            'net_minor' => $taken,
        ];
    }
}
