<?php
/**
 * Who bought, as digests: the only form in which a person leaves the shop. Knows nothing of PrestaShop.
 */
declare(strict_types=1);

final class ApportPeople
{
    private const PICKUP = '/relais|relay|pick.?up|point|locker|consigne|retrait|magasin|store|click/i';

    /** Return the SHA-256 of an e-mail address, trimmed, in lower case; null when it is none. */
    public static function email(string $email): ?string
    {
        return strpos($email, '@') === false ? null : hash('sha256', mb_strtolower(trim($email), 'UTF-8'));
    }

    /**
     * Return the SHA-256 of a phone number in its international form; null when it cannot be told.
     *
     * @param string $prefix the country's calling code, such as 33
     */
    public static function phone(string $phone, string $prefix): ?string
    {
        $digits = preg_replace('/[^\d+]|\(0\)/', '', $phone);
        if (strpos($digits, '00') === 0) {
            $digits = '+' . substr($digits, 2);
        }
        if (strpos($digits, '+') !== 0 && $prefix !== '' && $prefix !== '0') {
            // Italy keeps the zero of its fixed lines.
            $digits = '+' . $prefix . ($prefix === '39' ? $digits : preg_replace('/^0/', '', $digits));
        }

        return preg_match('/^\+[1-9]\d{6,14}$/D', $digits) ? hash('sha256', $digits) : null;
    }

    /** Return the SHA-256 of a delivery address; null where there is none, and for pick-up points. */
    public static function address(string $street, string $postcode, string $country, string $carrier): ?string
    {
        if (trim($street) === '' || preg_match(self::PICKUP, $carrier) || !class_exists('Normalizer')) {
            return null;
        }
        $text = mb_strtolower("$street $postcode $country", 'UTF-8');
        $plain = preg_replace('/\p{Mn}+/u', '', (string) Normalizer::normalize($text, Normalizer::FORM_KD));
        preg_match_all('/[\p{L}\p{N}]+/u', (string) $plain, $words);

        return $words[0] ? hash('sha256', implode(' ', $words[0])) : null;
    }

    /** Return what is said of the buyer of an order; names are never looked at. */
    public static function customer(array $facts): array
    {
        $order = $facts['order'];
        $customer = $facts['customer'] ?? [];
        $address = $facts['address'] ?? [];
        $country = strtoupper((string) ($address['country'] ?? ''));
        $phone = (string) ($address['phone_mobile'] ?? '');
        $first = (string) ($customer['first_order'] ?? '');
        $isKnown = $first !== '' && $first !== '0' && empty($customer['is_guest']);

        return [
            'id' => (int) ($order['id_customer'] ?? 0) ? (string) $order['id_customer'] : null,
            'email_digest' => self::email((string) ($customer['email'] ?? '')),
            'phone_digest' => self::phone(
                $phone !== '' ? $phone : (string) ($address['phone'] ?? ''),
                (string) ($address['call_prefix'] ?? '')
            ),
            'address_digest' => self::address(
                (string) ($address['address1'] ?? ''),
                (string) ($address['postcode'] ?? ''),
                $country,
                (string) ($facts['carrier'] ?? '')
            ),
            'is_new' => $isKnown ? $first === (string) $order['id'] : null,
        ];
    }
}
