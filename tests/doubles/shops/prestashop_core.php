<?php
// As much of PrestaShop's core as our module touches, on a real database (SQLite, or APPORT_TEST_DSN).
// Runs the steps that come as JSON, one per line, and answers each with a line of JSON.
declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $what, string $file, int $line): bool {
    throw new ErrorException("$what at $file:$line");
});
define('_PS_VERSION_', '8.2.0');
define('_DB_PREFIX_', 'ps_');
define('_MYSQL_ENGINE_', 'InnoDB');

function pSQL($text): string
{
    return addslashes((string) $text);
}

class Db
{
    private static $own;
    private $pdo;
    private $count = 0;

    public static function getInstance(): self
    {
        return self::$own ?? (self::$own = new self());
    }

    private function __construct()
    {
        $this->pdo = new PDO(getenv('APPORT_TEST_DSN'), 'root', '');
        $this->pdo->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
        $this->pdo->setAttribute(PDO::ATTR_STRINGIFY_FETCHES, true);
        if (strpos((string) getenv('APPORT_TEST_DSN'), 'sqlite') === 0) {
            $this->pdo->exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY');
        }
    }

    public function execute($sql): bool
    {
        $said = $this->pdo->query($this->spelled($sql));
        $this->count = $said->rowCount();

        return true;
    }

    public function executeS($sql, $array = true, $cache = true): array
    {
        return $this->pdo->query($this->spelled($sql))->fetchAll(PDO::FETCH_ASSOC);
    }

    public function getRow($sql, $cache = true)
    {
        return $this->executeS($sql . ' LIMIT 1')[0] ?? false;
    }

    public function getValue($sql, $cache = true)
    {
        $row = $this->getRow($sql);

        return $row ? reset($row) : false;
    }

    public function Affected_Rows(): int
    {
        return $this->count;
    }

    /** SQLite spells a few things otherwise than MySQL. */
    private function spelled(string $sql): string
    {
        if (strpos((string) getenv('APPORT_TEST_DSN'), 'sqlite') !== 0) {
            return $sql;
        }

        return strtr($sql, [
            'INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY' => 'INTEGER PRIMARY KEY AUTOINCREMENT',
            'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4' => '',
            'ON DUPLICATE KEY UPDATE' => 'ON CONFLICT DO UPDATE SET',
        ]);
    }
}

class Configuration
{
    public static function get($name, $lang = null, $group = null, $shop = null, $default = false)
    {
        $found = Db::getInstance()->getValue("SELECT value FROM ps_configuration WHERE name = '" . pSQL($name) . "'");

        return $found === false ? $default : $found;
    }

    public static function getGlobalValue($name)
    {
        return self::get($name);
    }

    public static function updateValue($name, $value): bool
    {
        self::deleteByName($name);

        return Db::getInstance()->execute(
            "INSERT INTO ps_configuration (name, value) VALUES ('" . pSQL($name) . "', '" . pSQL($value) . "')"
        );
    }

    public static function updateGlobalValue($name, $value): bool
    {
        return self::updateValue($name, $value);
    }

    public static function deleteByName($name): bool
    {
        return Db::getInstance()->execute("DELETE FROM ps_configuration WHERE name = '" . pSQL($name) . "'");
    }
}

class Tools
{
    public static function isSubmit($name): bool
    {
        return isset($_POST[$name]);
    }

    public static function getValue($name, $default = false)
    {
        return $_POST[$name] ?? $default;
    }

    public static function getAdminTokenLite($tab): string
    {
        return 'token';
    }
}

class PrestaShopLogger
{
    public static $said = [];

    public static function addLog($message, $severity = 1): bool
    {
        self::$said[] = $message;

        return true;
    }
}

class TestLink
{
    public function getBaseLink(): string
    {
        return 'https://shop.example/';
    }

    public function getModuleLink($module, $controller, $params): string
    {
        return "https://shop.example/module/$module/$controller?" . http_build_query($params);
    }

    public function getAdminLink($tab, $withToken = true): string
    {
        return "https://shop.example/admin/?controller=$tab";
    }
}

class HelperForm
{
    public $module;
    public $table;
    public $submit_action;
    public $currentIndex;
    public $token;
    public $fields_value = [];

    public function generateForm($form): string
    {
        return json_encode([$form, $this->fields_value], JSON_UNESCAPED_SLASHES);
    }
}

abstract class ObjectModel
{
    public const TYPE_INT = 1;
    public const TYPE_STRING = 3;
}

class Module
{
    public $name;
    public $tab;
    public $version;
    public $author;
    public $need_instance;
    public $bootstrap;
    public $ps_versions_compliancy;
    public $displayName;
    public $description;
    public $context;
    public static $hooks = [];

    public function __construct()
    {
        $this->context = (object) [
            'link' => new TestLink(), 'controller' => (object) ['controller_type' => getenv('APPORT_TEST_SIDE') ?: 'front'],
        ];
    }

    public function install()
    {
        return true;
    }

    public function uninstall()
    {
        return true;
    }

    public function registerHook($names)
    {
        self::$hooks = array_merge(self::$hooks, (array) $names);

        return true;
    }

    public function trans($text, array $parameters = [], $domain = null)
    {
        return strtr($text, $parameters);
    }

    public function displayError($text)
    {
        return "error: $text ";
    }

    public function displayConfirmation($text)
    {
        return "confirmation: $text ";
    }
}

require $argv[1] . '/apport.php';

function step(array $step)
{
    $module = new Apport();
    switch ($step['do']) {
        case 'sql':
            return Db::getInstance()->execute($step['sql']);
        case 'rows':
            return Db::getInstance()->executeS($step['sql']);
        case 'install':
            return [$module->install(), Module::$hooks];
        case 'uninstall':
            return $module->uninstall();
        case 'settings':
            $_POST = $step['post'];

            return $module->getContent();
        case 'hook':
            $_COOKIE = $step['cookies'] ?? [];
            $params = array_map(static function ($one) {
                return is_array($one) ? (object) $one : $one;
            }, $step['params'] ?? []);

            return $module->{'hook' . ucfirst($step['name'])}($params);
        case 'send':
            return $module->sendDue($step['most'] ?? 50, $step['seconds'] ?? 20);
        case 'bodies':
            return (new ApportReader(new TestLink()))->bodies($step['kind'], $step['id']);
        case 'log':
            return PrestaShopLogger::$said;
    }
    throw new LogicException('There is no such step.');
}

while (($line = fgets(STDIN)) !== false) {
    echo json_encode(step(json_decode($line, true)), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
}
