<?php
/**
 * How a body is signed, named and tried again. Knows nothing of PrestaShop.
 */
declare(strict_types=1);

final class ApportSigning
{
    public const LONGEST_WAIT = 21600; // Six hours.

    /** Return the value of Apport-Signature for a body sent at $now (Unix time). */
    public static function signature(string $secret, int $now, string $body): string
    {
        return "t=$now,v1=" . hash_hmac('sha256', "$now.$body", $secret);
    }

    /** Return the id of the event: the same body is the same event, however often it is sent. */
    public static function event(string $body): string
    {
        return substr(hash('sha256', $body), 0, 32);
    }

    /** Return the seconds until the next attempt after $attempts that failed. */
    public static function wait(int $attempts): int
    {
        return (int) min(60 * 2 ** min($attempts, 20), self::LONGEST_WAIT);
    }

    /** Tell whether bodies may be sent to an address: encrypted, or to this machine itself. */
    public static function maySendTo(string $address): bool
    {
        $parts = parse_url($address);
        if (!is_array($parts) || empty($parts['host']) || isset($parts['user'])) {
            return false;
        }
        $scheme = strtolower($parts['scheme'] ?? '');
        $isOwn = in_array($parts['host'], ['localhost', '127.0.0.1'], true);

        return $scheme === 'https' || ($scheme === 'http' && $isOwn);
    }

    /** Return a reference that a visitor agreed to; empty without an explicit yes. */
    public static function reference(array $cookies): string
    {
        $reference = $cookies['ap_ref'] ?? '';
        $isAgreed = ($cookies['ap_consent'] ?? '') === '1';
        $isOne = is_string($reference) && preg_match('/^[A-Za-z0-9_-]{1,64}$/D', $reference);

        return $isAgreed && $isOne ? $reference : '';
    }

    /** Tell whether a visitor said no: what was kept of the cart is then erased. */
    public static function isWithdrawn(array $cookies): bool
    {
        return ($cookies['ap_consent'] ?? '') === '0';
    }
}
