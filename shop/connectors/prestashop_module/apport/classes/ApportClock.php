<?php
/**
 * The shop's own times, which are written without an offset. Knows nothing of PrestaShop.
 */
declare(strict_types=1);

final class ApportClock
{
    /**
     * Return a shop-local time in UTC. Of an hour that comes twice it is the first, and an hour
     * that spring leaves out is an hour later: PHP alone decides otherwise from version to version.
     */
    public static function utc(string $local, DateTimeZone $zone): string
    {
        $shown = (new DateTimeImmutable($local, new DateTimeZone('UTC')))->getTimestamp();
        $before = self::offset($shown - 86400, $zone);
        $after = self::offset($shown + 86400, $zone);
        $isSecond = self::offset($shown - $before, $zone) !== $before
            && self::offset($shown - $after, $zone) === $after;

        return gmdate('Y-m-d\TH:i:s+00:00', $shown - ($isSecond ? $after : $before));
    }

    /** Return the seconds that the shop's clocks are ahead of UTC at a moment. */
    private static function offset(int $moment, DateTimeZone $zone): int
    {
        return $zone->getOffset(new DateTimeImmutable("@$moment"));
    }
}
