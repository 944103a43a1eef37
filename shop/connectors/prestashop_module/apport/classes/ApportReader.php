<?php
/**
 * Reads what the shop's own tables say of one order or product, in the shape that bodies are made of.
 */
declare(strict_types=1);

final class ApportReader
{
    /** @var Link|null for the addresses of products */
    private $link;

    public function __construct($link = null)
    {
        $this->link = $link;
    }

    /** Return the shop that an object belongs to. */
    public function shopOf(string $kind, int $id): int
    {
        $found = $kind === 'order'
            ? $this->value('SELECT `id_shop` FROM `%sorders` WHERE `id_order` = ' . $id)
            : $this->value('SELECT `id_shop_default` FROM `%sproduct` WHERE `id_product` = ' . $id);

        return (int) $found;
    }

    /** Return all that is to be sent of an object; nothing when it is gone. */
    public function bodies(string $kind, int $id): array
    {
        $currency = $this->currency($this->shopOf($kind, $id));
        $zone = (string) Configuration::get('PS_TIMEZONE');
        if ($kind === 'product') {
            $facts = $this->product($id);

            return $facts ? ApportProducts::bodies($facts, $currency, $zone) : [];
        }
        $facts = $this->order($id);
        if (!$facts) {
            return [];
        }
        $bodies = new ApportBodies($facts, $currency, $zone);
        $order = $bodies->order();

        return $order === null ? [] : array_merge([$order], $bodies->returns());
    }

    /** Return the facts of an order; null when it is gone. */
    public function order(int $id): ?array
    {
        $order = $this->rows(
            'SELECT o.`id_order` AS `id`, o.`reference`, o.`id_customer`, o.`current_state`, o.`conversion_rate`,'
            . ' o.`total_shipping_tax_excl`, o.`total_shipping_tax_incl`, o.`total_wrapping_tax_excl`,'
            . ' o.`total_wrapping_tax_incl`, o.`date_add`, o.`date_upd`, o.`id_address_delivery`, o.`id_shop`,'
            . ' c.`iso_code`, a.`name` AS `carrier`'
            . ' FROM `%1$sorders` o LEFT JOIN `%1$scurrency` c ON c.`id_currency` = o.`id_currency`'
            . ' LEFT JOIN `%1$scarrier` a ON a.`id_carrier` = o.`id_carrier` WHERE o.`id_order` = ' . $id
        )[0] ?? null;
        if (!$order) {
            return null;
        }

        return [
            'order' => $order,
            'currency' => (string) $order['iso_code'],
            'carrier' => (string) $order['carrier'],
            'states' => $this->states($id, (int) $order['current_state']),
            'history' => $this->rows('SELECT `id_order_state`, `date_add` FROM `%sorder_history` WHERE `id_order` = ' . $id),
            'lines' => $this->rows(
                'SELECT `id_order_detail` AS `id`, `product_reference`, `product_name`, `product_quantity`,'
                . ' `total_price_tax_excl`, `total_price_tax_incl`, `original_wholesale_price`,'
                . ' `purchase_supplier_price` FROM `%sorder_detail` WHERE `id_order` = ' . $id . ' ORDER BY `id_order_detail`'
            ),
            'cart_rules' => $this->rows(
                'SELECT r.`id_order_cart_rule` AS `id`, r.`value`, r.`value_tax_excl`, r.`free_shipping`,'
                . ' r.`deleted`, c.`code` FROM `%1$sorder_cart_rule` r'
                . ' LEFT JOIN `%1$scart_rule` c ON c.`id_cart_rule` = r.`id_cart_rule` WHERE r.`id_order` = ' . $id
            ),
            'slips' => $this->slips($id),
            'customer' => $this->customer((int) $order['id_customer']),
            'address' => $this->rows(
                'SELECT a.`address1`, a.`postcode`, a.`phone`, a.`phone_mobile`, c.`iso_code` AS `country`,'
                . ' c.`call_prefix` FROM `%1$saddress` a LEFT JOIN `%1$scountry` c ON c.`id_country` = a.`id_country`'
                . ' WHERE a.`id_address` = ' . (int) $order['id_address_delivery']
            )[0] ?? [],
            'references' => array_column($this->rows(
                'SELECT DISTINCT `ap_ref` FROM `%sapport_reference` WHERE `id_order` = ' . $id
            ), 'ap_ref'),
            'delivered_states' => $this->ids('APPORT_DELIVERED', (string) Configuration::get('PS_OS_DELIVERED')),
            'cancelled_states' => $this->ids('APPORT_CANCELLED', ''),
        ];
    }

    /** Return the facts of a product; null when it is gone. */
    public function product(int $id): ?array
    {
        $language = (int) Configuration::get('PS_LANG_DEFAULT');
        $product = $this->rows(
            'SELECT p.`id_product` AS `id`, p.`reference`, s.`price`, s.`wholesale_price`, s.`active`,'
            . ' s.`id_category_default`, s.`id_tax_rules_group`, l.`name`, m.`name` AS `manufacturer_name`,'
            . ' i.`id_image` AS `id_default_image`, q.`quantity`, q.`out_of_stock`, s.`date_upd` FROM `%1$sproduct` p'
            . ' JOIN `%1$sproduct_shop` s ON s.`id_product` = p.`id_product` AND s.`id_shop` = p.`id_shop_default`'
            . ' LEFT JOIN `%1$sproduct_lang` l ON l.`id_product` = p.`id_product` AND l.`id_shop` = s.`id_shop`'
            . ' AND l.`id_lang` = ' . $language
            . ' LEFT JOIN `%1$smanufacturer` m ON m.`id_manufacturer` = p.`id_manufacturer`'
            . ' LEFT JOIN `%1$simage` i ON i.`id_product` = p.`id_product` AND i.`cover` = 1'
            . ' LEFT JOIN `%1$sstock_available` q ON q.`id_product` = p.`id_product`'
            . ' AND q.`id_product_attribute` = 0 WHERE p.`id_product` = ' . $id
        )[0] ?? null;
        if (!$product) {
            return null;
        }
        $categories = array_column($this->rows(
            'SELECT c.`id_category`, l.`name` FROM `%1$scategory_product` c'
            . ' JOIN `%1$scategory` t ON t.`id_category` = c.`id_category` AND t.`level_depth` > 1'
            . ' JOIN `%1$scategory_lang` l ON l.`id_category` = c.`id_category` AND l.`id_lang` = ' . $language
            . ' WHERE c.`id_product` = ' . $id . ' ORDER BY c.`id_category`'
        ), 'name', 'id_category');
        $own = (int) $product['id_category_default'];

        return [
            'product' => $product,
            'category' => (string) ($categories[$own] ?? ''),
            'collections' => array_values(array_unique(array_diff_key($categories, [$own => true]))),
            'vat' => (string) $this->value(
                'SELECT t.`rate` FROM `%1$stax_rule` r JOIN `%1$stax` t ON t.`id_tax` = r.`id_tax`'
                . ' WHERE r.`id_tax_rules_group` = ' . (int) $product['id_tax_rules_group']
                . ' AND r.`id_country` = ' . (int) Configuration::get('PS_COUNTRY_DEFAULT') . ' ORDER BY r.`id_tax_rule`'
            ),
            'combinations' => $this->combinations($id, $language),
            'shop' => $this->link ? rtrim((string) $this->link->getBaseLink(), '/') : '',
        ];
    }

    private function combinations(int $id, int $language): array
    {
        $found = $this->rows(
            'SELECT a.`id_product_attribute` AS `id`, a.`reference`, s.`price`, s.`wholesale_price`,'
            . ' q.`quantity`, q.`out_of_stock`, MIN(i.`id_image`) AS `image` FROM `%1$sproduct_attribute` a'
            . ' JOIN `%1$sproduct` p ON p.`id_product` = a.`id_product`'
            . ' JOIN `%1$sproduct_attribute_shop` s ON s.`id_product_attribute` = a.`id_product_attribute`'
            . ' AND s.`id_shop` = p.`id_shop_default`'
            . ' LEFT JOIN `%1$sstock_available` q ON q.`id_product_attribute` = a.`id_product_attribute`'
            . ' LEFT JOIN `%1$sproduct_attribute_image` i ON i.`id_product_attribute` = a.`id_product_attribute`'
            . ' WHERE a.`id_product` = ' . $id
            . ' GROUP BY a.`id_product_attribute`, a.`reference`, s.`price`, s.`wholesale_price`, q.`quantity`,'
            . ' q.`out_of_stock` ORDER BY a.`id_product_attribute`'
        );
        $looks = $this->rows(
            'SELECT c.`id_product_attribute` AS `id`, g.`is_color_group`, l.`name`'
            . ' FROM `%1$sproduct_attribute_combination` c'
            . ' JOIN `%1$sproduct_attribute` p ON p.`id_product_attribute` = c.`id_product_attribute`'
            . ' JOIN `%1$sattribute` a ON a.`id_attribute` = c.`id_attribute`'
            . ' JOIN `%1$sattribute_group` g ON g.`id_attribute_group` = a.`id_attribute_group`'
            . ' JOIN `%1$sattribute_lang` l ON l.`id_attribute` = a.`id_attribute` AND l.`id_lang` = ' . $language
            . ' WHERE p.`id_product` = ' . $id . ' ORDER BY a.`id_attribute`'
        );
        foreach ($found as &$combination) {
            $combination += ['color' => '', 'size' => ''];
            foreach ($looks as $look) {
                $name = (int) $look['is_color_group'] ? 'color' : 'size';
                if ((int) $look['id'] === (int) $combination['id'] && $combination[$name] === '') {
                    $combination[$name] = (string) $look['name'];
                }
            }
        }

        return $found;
    }

    private function states(int $id, int $current): array
    {
        return $this->rows(
            'SELECT DISTINCT s.`id_order_state` AS `id`, l.`template`, s.`paid`, s.`shipped` FROM `%1$sorder_state` s'
            . ' LEFT JOIN `%1$sorder_state_lang` l ON l.`id_order_state` = s.`id_order_state`'
            . ' AND l.`id_lang` = ' . (int) Configuration::get('PS_LANG_DEFAULT')
            . ' WHERE s.`id_order_state` = ' . $current . ' OR s.`id_order_state` IN'
            . ' (SELECT `id_order_state` FROM `%1$sorder_history` WHERE `id_order` = ' . $id . ')'
        );
    }

    private function slips(int $id): array
    {
        $slips = $this->rows(
            'SELECT `id_order_slip` AS `id`, `date_add`, `date_upd`, `total_products_tax_excl`,'
            . ' `total_shipping_tax_excl` FROM `%sorder_slip` WHERE `id_order` = ' . $id
        );
        foreach ($slips as &$slip) {
            $slip['details'] = $this->rows(
                'SELECT `id_order_detail`, `product_quantity`, `amount_tax_excl` FROM `%sorder_slip_detail`'
                . ' WHERE `id_order_slip` = ' . (int) $slip['id'] . ' ORDER BY `id_order_detail`'
            );
        }

        return $slips;
    }

    private function customer(int $id): array
    {
        $found = $this->rows('SELECT `email`, `is_guest` FROM `%scustomer` WHERE `id_customer` = ' . $id)[0] ?? [];
        $first = $this->value('SELECT MIN(`id_order`) FROM `%sorders` WHERE `id_customer` = ' . $id);

        return $found + ['first_order' => (string) $first];
    }

    private function currency(int $idShop): string
    {
        $id = (int) Configuration::get('PS_CURRENCY_DEFAULT', null, null, $idShop);

        return (string) $this->value('SELECT `iso_code` FROM `%scurrency` WHERE `id_currency` = ' . $id);
    }

    /** @return string[] */
    private function ids(string $name, string $default): array
    {
        $said = (string) Configuration::get($name) ?: $default;

        return array_values(array_filter(explode(',', $said), 'strlen'));
    }

    private function rows(string $sql): array
    {
        return Db::getInstance()->executeS(sprintf($sql, _DB_PREFIX_), true, false) ?: [];
    }

    private function value(string $sql)
    {
        return Db::getInstance()->getValue(sprintf($sql, _DB_PREFIX_), false);
    }
}
