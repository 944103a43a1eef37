<?php
/**
 * What changed and is still to be told, and the references that carts and orders came with.
 */
declare(strict_types=1);

final class ApportQueue
{
    /** Attempts after which a row waits for its next change, or for a person. */
    public const MOST_ATTEMPTS = 30;
    private const KEPT = 90 * 86400;

    public static function createTables(): bool
    {
        return Db::getInstance()->execute('CREATE TABLE IF NOT EXISTS `' . _DB_PREFIX_ . 'apport_queue` (
                `id_apport_queue` INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                `kind` VARCHAR(8) NOT NULL,
                `id_object` INT UNSIGNED NOT NULL,
                `changes` INT UNSIGNED NOT NULL DEFAULT 1,
                `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
                `due_at` INT UNSIGNED NOT NULL,
                `last_error` VARCHAR(255) NOT NULL DEFAULT \'\',
                UNIQUE (`kind`, `id_object`)
            ) ENGINE=' . _MYSQL_ENGINE_ . ' DEFAULT CHARSET=utf8mb4')
            && Db::getInstance()->execute('CREATE TABLE IF NOT EXISTS `' . _DB_PREFIX_ . 'apport_reference` (
                `id_apport_reference` INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
                `id_cart` INT UNSIGNED NOT NULL,
                `id_order` INT UNSIGNED NOT NULL DEFAULT 0,
                `ap_ref` VARCHAR(64) NOT NULL,
                `kept_at` INT UNSIGNED NOT NULL,
                UNIQUE (`id_order`, `id_cart`)
            ) ENGINE=' . _MYSQL_ENGINE_ . ' DEFAULT CHARSET=utf8mb4');
    }

    public static function dropTables(): bool
    {
        return Db::getInstance()->execute('DROP TABLE IF EXISTS `' . _DB_PREFIX_ . 'apport_queue`')
            && Db::getInstance()->execute('DROP TABLE IF EXISTS `' . _DB_PREFIX_ . 'apport_reference`');
    }

    /** Note that an order or a product changed: once per object, however often it does. */
    public static function add(string $kind, int $id, int $now): void
    {
        Db::getInstance()->execute(
            'INSERT INTO `' . _DB_PREFIX_ . 'apport_queue` (`kind`, `id_object`, `due_at`)'
            . " VALUES ('" . pSQL($kind) . "', $id, $now)"
            . " ON DUPLICATE KEY UPDATE `changes` = `changes` + 1, `attempts` = 0, `due_at` = $now"
        );
    }

    /**
     * Return the oldest row that is due, taken for a minute; null when there is none.
     *
     * Orders go before products: an import of a whole catalogue keeps no order waiting.
     */
    public static function take(int $now): ?array
    {
        $row = Db::getInstance()->getRow(
            'SELECT * FROM `' . _DB_PREFIX_ . "apport_queue` WHERE `due_at` <= $now AND `attempts` < "
            . self::MOST_ATTEMPTS . ' ORDER BY `kind`, `due_at`, `id_apport_queue`',
            false
        );
        if (!$row) {
            return null;
        }
        Db::getInstance()->execute(
            'UPDATE `' . _DB_PREFIX_ . 'apport_queue` SET `due_at` = ' . ($now + 60)
            . ' WHERE `id_apport_queue` = ' . (int) $row['id_apport_queue']
            . ' AND `due_at` = ' . (int) $row['due_at'] . ' AND `changes` = ' . (int) $row['changes']
        );

        return Db::getInstance()->Affected_Rows() === 1 ? $row : self::take($now);
    }

    /** Forget a row that was told, unless it changed while it was. */
    public static function done(array $row): void
    {
        Db::getInstance()->execute(
            'DELETE FROM `' . _DB_PREFIX_ . 'apport_queue` WHERE `id_apport_queue` = '
            . (int) $row['id_apport_queue'] . ' AND `changes` = ' . (int) $row['changes']
        );
    }

    /** Try a row again later. $why says nothing of what was sent. */
    public static function failed(array $row, int $now, string $why): void
    {
        $attempts = (int) $row['attempts'] + 1;
        Db::getInstance()->execute(
            'UPDATE `' . _DB_PREFIX_ . "apport_queue` SET `attempts` = $attempts, `due_at` = "
            . ($now + ApportSigning::wait($attempts - 1)) . ", `last_error` = '" . pSQL(substr($why, 0, 255)) . "'"
            . ' WHERE `id_apport_queue` = ' . (int) $row['id_apport_queue']
            . ' AND `changes` = ' . (int) $row['changes']
        );
    }

    /** Count what is still to be told. */
    public static function count(): int
    {
        return (int) Db::getInstance()->getValue('SELECT COUNT(*) FROM `' . _DB_PREFIX_ . 'apport_queue`', false);
    }

    /** Keep the reference of a visitor who said yes with the cart; after a no, forget it. */
    public static function keepReference(int $idCart, array $cookies, int $now): void
    {
        if ($idCart < 1) {
            return;
        }
        if (ApportSigning::isWithdrawn($cookies)) {
            Db::getInstance()->execute(
                'DELETE FROM `' . _DB_PREFIX_ . "apport_reference` WHERE `id_order` = 0 AND `id_cart` = $idCart"
            );

            return;
        }
        $reference = ApportSigning::reference($cookies);
        if ($reference !== '') {
            self::insertReference($idCart, 0, $reference, $now);
        }
    }

    /** Let an order have the reference of its cart. A cart may become several orders. */
    public static function bindReference(int $idCart, int $idOrder, int $now): void
    {
        $reference = Db::getInstance()->getValue(
            'SELECT `ap_ref` FROM `' . _DB_PREFIX_ . "apport_reference` WHERE `id_order` = 0 AND `id_cart` = $idCart",
            false
        );
        if ($reference && $idOrder > 0) {
            self::insertReference($idCart, $idOrder, (string) $reference, $now);
        }
    }

    /** Forget references that can credit nobody any more. */
    public static function purge(int $now): void
    {
        Db::getInstance()->execute(
            'DELETE FROM `' . _DB_PREFIX_ . 'apport_reference` WHERE `kept_at` < ' . ($now - self::KEPT)
        );
    }

    private static function insertReference(int $idCart, int $idOrder, string $reference, int $now): void
    {
        $said = pSQL($reference);
        Db::getInstance()->execute(
            'INSERT INTO `' . _DB_PREFIX_ . 'apport_reference` (`id_cart`, `id_order`, `ap_ref`, `kept_at`)'
            . " VALUES ($idCart, $idOrder, '$said', $now) ON DUPLICATE KEY UPDATE `ap_ref` = '$said'"
        );
    }
}
