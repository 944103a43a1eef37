<?php
/**
 * Bodies of the signed webhook for products. Knows nothing of PrestaShop.
 *
 * The same as products.py of the connector: one table of figures tests both.
 */
declare(strict_types=1);

final class ApportProducts
{
    private const MOST = 1000;

    /** Return apport.product.v1, one or several: at most a thousand SKUs each. */
    public static function bodies(array $facts, string $currency, string $zone): array
    {
        $items = [];
        $local = (string) ($facts['product']['date_upd'] ?? '');
        $isKnown = $local !== '' && strpos($local, '0000-00-00') !== 0;
        $changedAt = $isKnown ? ApportClock::utc($local, new DateTimeZone($zone)) : null;
        foreach ($facts['combinations'] ?: [null] as $variant) {
            $item = self::item($facts, $variant, $currency) + ['changed_at' => $changedAt];
            if ($item['sku'] === '') {
                continue;
            }
            $known = $items[$item['sku']] ?? null;
            $items[$item['sku']] = $known === null ? $item : self::together($known, $item);
        }

        return array_map(static function (array $some): array {
            return ['schema' => 'apport.product.v1', 'items' => array_values($some)];
        }, array_chunk($items, self::MOST));
    }

    private static function item(array $facts, ?array $variant, string $currency): array
    {
        $product = $facts['product'];
        $variant = $variant ?? ['quantity' => $product['quantity'] ?? null, 'out_of_stock' => $product['out_of_stock'] ?? null];
        $vat = ApportAmounts::ratio(ApportAmounts::millionths($facts['vat'] ?? '0'), 10000); // 20.000 % is 2000.
        $vat = min(max($vat, 0), 10000);
        $net = ApportAmounts::millionths($product['price'] ?? '0') + ApportAmounts::millionths($variant['price'] ?? '0');
        $gross = ApportAmounts::ratio($net * (10000 + $vat), 10000);
        // Zero at the combination means the product's, zero at both that nobody entered it.
        $cost = ApportAmounts::millionths($variant['wholesale_price'] ?? '0')
            ?: ApportAmounts::millionths($product['wholesale_price'] ?? '0');
        $knowsStock = isset($variant['quantity']) && (int) ($variant['out_of_stock'] ?? 0) !== 1;

        return [
            'sku' => mb_substr(trim((string) ($variant['reference'] ?? '')) ?: trim((string) ($product['reference'] ?? '')), 0, 64),
            'name' => mb_substr(trim((string) ($product['name'] ?? '')), 0, 200) ?: (string) $product['id'],
            'category' => mb_substr((string) ($facts['category'] ?? ''), 0, 80),
            'brand' => mb_substr((string) ($product['manufacturer_name'] ?? ''), 0, 80),
            'collections' => array_slice(array_values(array_unique(array_map(static function ($one): string {
                return mb_substr((string) $one, 0, 80);
            }, $facts['collections'] ?? []))), 0, 100),
            'list_price_minor' => max(ApportAmounts::minor($gross, $currency), 0),
            'vat_bps' => $vat,
            'currency' => $currency,
            'unit_cost_minor' => $cost > 0 ? ApportAmounts::minor($cost, $currency) : null,
            'url' => self::address($facts, $variant),
            'image_url' => self::image($facts, $variant),
            'active' => !empty($product['active']),
            'model' => (string) $product['id'],
            'color' => mb_substr((string) ($variant['color'] ?? ''), 0, 40),
            'size' => mb_substr((string) ($variant['size'] ?? ''), 0, 20),
            'stock' => $knowsStock ? max((int) $variant['quantity'], 0) : null,
        ];
    }

    /** Combinations without a reference of their own: one SKU with the stock of all. */
    private static function together(array $first, array $other): array
    {
        $isUnknown = $first['stock'] === null || $other['stock'] === null;

        return [
            'stock' => $isUnknown ? null : $first['stock'] + $other['stock'],
            'unit_cost_minor' => $first['unit_cost_minor'] ?: $other['unit_cost_minor'],
            'color' => $first['color'] === $other['color'] ? $first['color'] : '',
            'size' => $first['size'] === $other['size'] ? $first['size'] : '',
        ] + $first;
    }

    private static function address(array $facts, array $variant): string
    {
        $base = rtrim((string) ($facts['shop'] ?? ''), '/');
        $tail = empty($variant['id']) ? '' : '&id_product_attribute=' . $variant['id'];

        return $base === '' ? '' : "$base/index.php?controller=product&id_product={$facts['product']['id']}$tail";
    }

    private static function image(array $facts, array $variant): string
    {
        $base = rtrim((string) ($facts['shop'] ?? ''), '/');
        $image = (string) (($variant['image'] ?? '') ?: ($facts['product']['id_default_image'] ?? ''));

        return $base === '' || $image === '' ? '' : "$base/img/p/" . implode('/', str_split($image)) . "/$image.jpg";
    }
}
