<?php
/**
 * Bodies of the signed webhook out of the shop's facts. Knows nothing of PrestaShop.
 *
 * The facts are of the shape that the webservice's connector reads; what is said is the same.
 */
declare(strict_types=1);

final class ApportBodies
{
    private const DELIVERED = '5';

    /** @var array */
    private $facts;
    /** @var string the shop's currency */
    private $currency;
    /** @var DateTimeZone */
    private $zone;

    public function __construct(array $facts, string $currency, string $zone)
    {
        $this->facts = $facts;
        $this->currency = $currency;
        $this->zone = new DateTimeZone($zone);
    }

    /** Return apport.order.v1; null for an order without lines. */
    public function order(): ?array
    {
        $order = $this->facts['order'];
        $lines = $this->lines();
        if (!$lines) {
            return null;
        }
        $customer = array_filter(ApportPeople::customer($this->facts), static function ($one): bool {
            return $one !== null;
        });
        $country = strtoupper((string) ($this->facts['address']['country'] ?? ''));

        return array_filter([
            'schema' => 'apport.order.v1',
            'id' => (string) $order['id'],
            'number' => mb_substr((string) ($order['reference'] ?? ''), 0, 64) ?: (string) $order['id'],
            'placed_at' => $this->moment($order['date_add']),
            'updated_at' => $this->updatedAt(),
            'currency' => $this->currency,
            'customer' => $customer ?: null,
            'country' => preg_match('/^[A-Z]{2}$/D', $country) ? $country : null,
            'codes' => $this->codes() ?: null,
            'ap_ref' => array_slice($this->facts['references'] ?? [], 0, 20) ?: null,
            'lines' => $lines,
        ] + $this->status(), static function ($one): bool { return $one !== null; });
    }

    /** Return an apport.return.v1 for each credit slip that says something. */
    public function returns(): array
    {
        $left = [];
        foreach ($this->lines() as $line) {
            $left[$line['id']] = $line + ['pieces' => $line['quantity'], 'minor' => $line['net_minor']];
        }
        $slips = $this->facts['slips'] ?? [];
        usort($slips, static function (array $one, array $other): int {
            return (int) $one['id'] <=> (int) $other['id'];
        });
        $found = [];
        foreach ($slips as $slip) {
            $lines = ApportSlips::lines($slip, $left, $this->currency, $this->rate());
            if ($lines) {
                $found[] = [
                    'schema' => 'apport.return.v1',
                    'id' => (string) $slip['id'],
                    'order_id' => (string) $this->facts['order']['id'],
                    'returned_at' => $this->moment($slip['date_add']),
                    'lines' => $lines,
                ];
            }
        }

        return $found;
    }

    private function lines(): array
    {
        $lines = $priced = [];
        foreach ($this->facts['lines'] ?? [] as $row) {
            if ((int) $row['product_quantity'] > 0) {
                $lines[] = $this->goods($row);
                $priced[] = self::priced(true, $row['total_price_tax_excl'], $row['total_price_tax_incl']);
            }
        }
        $shipping = null;
        foreach (['shipping' => 'shipping', 'wrapping' => 'fee'] as $name => $kind) {
            $net = $this->facts['order']["total_{$name}_tax_excl"] ?? '0';
            if (ApportAmounts::millionths($net) > 0) {
                $shipping = $name === 'shipping' ? count($lines) : $shipping;
                $lines[] = ['id' => $name, 'kind' => $kind, 'quantity' => 1];
                $priced[] = self::priced(false, $net, $this->facts['order']["total_{$name}_tax_incl"] ?? '0');
            }
        }
        $nets = ApportAmounts::nets($priced, $this->reductions(), $this->currency, $this->rate(), $shipping);
        foreach ($nets as $index => $net) {
            $lines[$index] += [
                'net_minor' => $net['net'], 'discount_minor' => $net['discount'], 'tax_minor' => $net['tax'],
            ];
        }

        return $lines;
    }

    private function goods(array $row): array
    {
        $line = [
            'id' => (string) $row['id'],
            'kind' => 'product',
            'sku' => mb_substr(trim((string) ($row['product_reference'] ?? '')), 0, 64),
            'title' => mb_substr(trim((string) ($row['product_name'] ?? '')), 0, 200),
            'quantity' => (int) $row['product_quantity'],
        ];
        $cost = ApportAmounts::millionths($row['original_wholesale_price'] ?? '0')
            ?: ApportAmounts::millionths($row['purchase_supplier_price'] ?? '0');
        if ($cost > 0) { // Zero means that nobody entered one.
            $line['unit_cost_minor'] = ApportAmounts::minor($cost, $this->currency);
        }

        return $line;
    }

    private static function priced(bool $isGoods, $net, $gross): array
    {
        return [
            'is_goods' => $isGoods,
            'net' => ApportAmounts::millionths($net),
            'gross' => ApportAmounts::millionths($gross),
        ];
    }

    private function rules(): array
    {
        $rules = array_values(array_filter($this->facts['cart_rules'] ?? [], static function (array $rule): bool {
            return empty($rule['deleted']);
        }));
        usort($rules, static function (array $one, array $other): int {
            return (int) $one['id'] <=> (int) $other['id'];
        });

        return $rules;
    }

    private function reductions(): array
    {
        return array_map(static function (array $rule): array {
            return [
                'net' => ApportAmounts::millionths($rule['value_tax_excl']),
                'gross' => ApportAmounts::millionths($rule['value']),
                'frees_shipping' => !empty($rule['free_shipping']),
            ];
        }, $this->rules());
    }

    /** @return string[] */
    private function codes(): array
    {
        $codes = array_map(static function (array $rule): string {
            return mb_substr(trim((string) ($rule['code'] ?? '')), 0, 64);
        }, $this->rules());

        return array_slice(array_values(array_unique(array_filter($codes, 'strlen'))), 0, 20);
    }

    /** An order in another currency is converted at the rate it was placed at. */
    private function rate(): int
    {
        $currency = strtoupper((string) ($this->facts['currency'] ?? ''));
        if ($currency === '' || $currency === $this->currency) {
            return ApportAmounts::MILLION;
        }
        $rate = ApportAmounts::millionths($this->facts['order']['conversion_rate'] ?? '0');
        if ($rate <= 0) {
            throw new InvalidArgumentException('The order has no rate.');
        }

        return $rate;
    }

    private function status(): array
    {
        $current = (string) ($this->facts['order']['current_state'] ?? '');
        $states = array_column($this->facts['states'] ?? [], null, 'id');
        $state = $states[$current] ?? [];
        $template = (string) ($state['template'] ?? '');
        $further = $this->facts['cancelled_states'] ?? [];
        $cancels = $template === 'order_canceled' || in_array($current, $further, true)
            || ($template === 'refund' && !$this->returns());
        $cancelled = null;
        if ($cancels) {
            $times = $this->times([$current]);
            $cancelled = $times ? max($times) : $this->updatedAt();
        }
        $delivered = array_filter(
            $this->facts['delivered_states'] ?? [self::DELIVERED],
            static function (string $one) use ($states): bool { return !empty($states[$one]['shipped']); }
        );
        $arrivals = $this->times($delivered);
        $isPaid = !empty($state['paid']) || $template === 'refund' || $cancels;

        return [
            'cancelled_at' => $cancelled,
            'delivered_at' => $arrivals ? min($arrivals) : null,
            'payment' => $isPaid ? 'paid' : 'pending',
        ];
    }

    /** @return string[] when the order came into one of these statuses */
    private function times(array $states): array
    {
        $found = [];
        foreach ($this->facts['history'] ?? [] as $one) {
            if (in_array((string) $one['id_order_state'], $states, true)) {
                $found[] = $this->moment($one['date_add']);
            }
        }

        return $found;
    }

    private function updatedAt(): string
    {
        $found = [$this->moment($this->facts['order']['date_upd'])];
        foreach ($this->facts['slips'] ?? [] as $slip) {
            $found[] = $this->moment($slip['date_upd']);
            $found[] = $this->moment($slip['date_add']);
        }
        foreach ($this->facts['history'] ?? [] as $one) {
            $found[] = $this->moment($one['date_add']);
        }

        return max($found);
    }

    private function moment($local): string
    {
        return ApportClock::utc((string) $local, $this->zone);
    }
}
