<?php
/**
 * Apport for PrestaShop 8 and 9: tells the programme what becomes of orders and products.
 *
 * Hooks only note that something changed: a body is made and sent after the page has gone out, or by
 * cron, and nothing that fails here reaches a customer. Part of Apport, under the licence of Apport.
 */
if (!defined('_PS_VERSION_')) {
    exit;
}

foreach (['Amounts', 'Clock', 'People', 'Signing', 'Slips', 'Bodies', 'Products', 'Reader', 'Queue', 'Sender', 'Reference'] as $name) {
    require_once __DIR__ . "/classes/Apport$name.php";
}

class Apport extends Module
{
    public const HOOKS = [
        'actionCartSave', 'actionValidateOrder', 'actionValidateOrderAfter', 'actionPaymentConfirmation',
        'actionOrderStatusPostUpdate', 'actionOrderSlipAdd', 'actionProductCancel', 'actionOrderReturn',
        'actionOrderEdited', 'actionProductUpdate', 'addWebserviceResources',
    ];
    private const DOMAIN = 'Modules.Apport.Admin';
    /** How much is sent after a page: the rest is cron's. */
    private const AFTER_A_PAGE = 3;

    /** @var bool */
    private static $isScheduled = false;

    public function __construct()
    {
        $this->name = 'apport';
        $this->tab = 'advertising_marketing';
        $this->version = '1.1.0';
        $this->author = 'Apport';
        $this->need_instance = 0;
        $this->bootstrap = true;
        $this->ps_versions_compliancy = ['min' => '8.0.0', 'max' => '9.99.99'];
        parent::__construct();
        $this->displayName = $this->trans('Apport', [], self::DOMAIN);
        $this->description = $this->trans(
            'Tells your affiliate programme what becomes of orders and products.',
            [],
            self::DOMAIN
        );
    }

    public function isUsingNewTranslationSystem(): bool
    {
        return true;
    }

    public function install(): bool
    {
        return parent::install()
            && ApportQueue::createTables()
            && $this->registerHook(self::HOOKS)
            && (Configuration::getGlobalValue('APPORT_CRON')
                || Configuration::updateGlobalValue('APPORT_CRON', bin2hex(random_bytes(16))));
    }

    public function uninstall(): bool
    {
        foreach (['APPORT_WEBHOOK', 'APPORT_SECRET', 'APPORT_CRON', 'APPORT_DELIVERED', 'APPORT_CANCELLED'] as $name) {
            Configuration::deleteByName($name);
        }

        return ApportQueue::dropTables() && parent::uninstall();
    }

    public function hookActionCartSave($params)
    {
        $this->quietly(function () use ($params): void {
            $cart = $params['cart'] ?? $this->context->cart ?? null;
            if (is_object($cart) && $this->isVisitor()) {
                ApportQueue::keepReference((int) $cart->id, $_COOKIE, time());
            }
        });
    }

    public function hookActionValidateOrder($params)
    {
        $this->orderPlaced($params);
    }

    public function hookActionValidateOrderAfter($params)
    {
        $this->orderPlaced($params);
    }

    public function hookActionPaymentConfirmation($params)
    {
        $this->orderChanged((int) ($params['id_order'] ?? 0));
    }

    public function hookActionOrderStatusPostUpdate($params)
    {
        $this->orderChanged((int) ($params['id_order'] ?? 0));
    }

    public function hookActionOrderSlipAdd($params)
    {
        $this->orderChanged((int) ($params['order']->id ?? 0));
    }

    public function hookActionProductCancel($params)
    {
        $this->orderChanged((int) ($params['order']->id ?? 0));
    }

    public function hookActionOrderReturn($params)
    {
        $this->orderChanged((int) ($params['orderReturn']->id_order ?? 0));
    }

    public function hookActionOrderEdited($params)
    {
        $this->orderChanged((int) ($params['order']->id ?? 0));
    }

    public function hookActionProductUpdate($params)
    {
        $this->quietly(function () use ($params): void {
            $this->note('product', (int) ($params['id_product'] ?? 0));
        });
    }

    /** The webservice shows what was kept of ap_ref, to keys that may view it. */
    public function hookAddWebserviceResources($params)
    {
        return [
            'apport_references' => [
                'description' => 'References of visitors that orders were placed with',
                'class' => 'ApportReference',
                'forbidden_method' => ['PUT', 'POST', 'PATCH', 'DELETE'],
            ],
        ];
    }

    /** Send what is due; called by cron. Returns how many bodies were accepted. */
    public function sendDue(int $most, int $seconds): int
    {
        $sender = new ApportSender(new ApportReader($this->context->link ?? null));

        return $sender->run($most, time() + $seconds);
    }

    public function getContent(): string
    {
        $said = '';
        if (Tools::isSubmit('submitApport')) {
            $said = $this->saveSettings();
        }

        return $said . $this->settingsForm();
    }

    private function orderPlaced($params): void
    {
        $this->quietly(function () use ($params): void {
            $order = $params['order'] ?? null;
            if (is_object($order)) {
                if ($this->isVisitor()) {
                    ApportQueue::keepReference((int) $order->id_cart, $_COOKIE, time());
                }
                ApportQueue::bindReference((int) $order->id_cart, (int) $order->id, time());
            }
        });
        $this->orderChanged((int) ($params['order']->id ?? 0));
    }

    private function orderChanged(int $id): void
    {
        $this->quietly(function () use ($id): void {
            $this->note('order', $id);
        });
    }

    private function note(string $kind, int $id): void
    {
        if ($id > 0) {
            ApportQueue::add($kind, $id, time());
            $this->sendAfterThePage();
        }
    }

    /** Only where PHP can let the visitor go first: elsewhere cron sends. */
    private function sendAfterThePage(): void
    {
        if (self::$isScheduled || !function_exists('fastcgi_finish_request')) {
            return;
        }
        self::$isScheduled = true;
        register_shutdown_function(function (): void {
            $this->quietly(function (): void {
                session_write_close();
                fastcgi_finish_request();
                $this->sendDue(self::AFTER_A_PAGE, 8);
            });
        });
    }

    /** An employee's cookies say nothing of the customer. */
    private function isVisitor(): bool
    {
        $controller = $this->context->controller ?? null;

        return is_object($controller)
            && in_array($controller->controller_type ?? '', ['front', 'modulefront'], true);
    }

    /** Nothing that goes wrong here is worth an order. */
    private function quietly(callable $work): void
    {
        try {
            $work();
        } catch (Throwable $error) {
            try {
                PrestaShopLogger::addLog('Apport: ' . get_class($error) . ' at line ' . $error->getLine(), 2);
            } catch (Throwable $other) {
                error_log('Apport: ' . get_class($other));
            }
        }
    }

    private function saveSettings(): string
    {
        $address = trim((string) Tools::getValue('APPORT_WEBHOOK'));
        $secret = trim((string) Tools::getValue('APPORT_SECRET'));
        if (!ApportSigning::maySendTo($address)) {
            return $this->displayError($this->trans('Enter an address that begins with https://.', [], self::DOMAIN));
        }
        if ($secret === '' && !Configuration::get('APPORT_SECRET')) {
            return $this->displayError($this->trans('Enter the secret.', [], self::DOMAIN));
        }
        foreach (['APPORT_DELIVERED', 'APPORT_CANCELLED'] as $name) {
            Configuration::updateValue($name, preg_replace('/[^0-9,]/', '', (string) Tools::getValue($name)));
        }
        Configuration::updateValue('APPORT_WEBHOOK', $address);
        if ($secret !== '') {
            Configuration::updateValue('APPORT_SECRET', $secret);
        }

        return $this->displayConfirmation($this->trans('Saved.', [], self::DOMAIN));
    }

    private function settingsForm(): string
    {
        $cron = $this->context->link->getModuleLink(
            $this->name,
            'cron',
            ['token' => Configuration::getGlobalValue('APPORT_CRON')]
        );
        $helper = new HelperForm();
        $helper->module = $this;
        $helper->table = $this->name;
        $helper->submit_action = 'submitApport';
        $helper->currentIndex = $this->context->link->getAdminLink('AdminModules', false)
            . '&configure=' . $this->name;
        $helper->token = Tools::getAdminTokenLite('AdminModules');
        $helper->fields_value = [
            'APPORT_WEBHOOK' => Tools::getValue('APPORT_WEBHOOK', Configuration::get('APPORT_WEBHOOK')),
            'APPORT_SECRET' => '',
            'APPORT_DELIVERED' => Configuration::get('APPORT_DELIVERED') ?: Configuration::get('PS_OS_DELIVERED'),
            'APPORT_CANCELLED' => Configuration::get('APPORT_CANCELLED'),
        ];

        return $helper->generateForm([['form' => [
            'legend' => ['title' => $this->trans('Settings', [], 'Admin.Global')],
            'description' => $this->trans(
                'Let cron open %address% every five minutes. Waiting: %count%.',
                ['%address%' => $cron, '%count%' => ApportQueue::count()],
                self::DOMAIN
            ),
            'input' => [
                $this->field('APPORT_WEBHOOK', 'Address of the webhook', 'As Apport shows it when you connect the shop.', true),
                ['type' => 'password'] + $this->field('APPORT_SECRET', 'Secret', 'Left empty, it stays as it is.', false),
                $this->field('APPORT_DELIVERED', 'Statuses that mean delivered', 'Ids, with commas; the same as in Apport.', false),
                $this->field('APPORT_CANCELLED', 'Further statuses that mean cancelled', 'Ids, with commas; the same as in Apport.', false),
            ],
            'submit' => ['title' => $this->trans('Save', [], 'Admin.Actions')],
        ]]]);
    }

    private function field(string $name, string $label, string $hint, bool $isRequired): array
    {
        return [
            'type' => 'text',
            'name' => $name,
            'label' => $this->trans($label, [], self::DOMAIN),
            'desc' => $this->trans($hint, [], self::DOMAIN),
            'required' => $isRequired,
        ];
    }
}
