<?php
/**
 * Opened by cron: sends what waits. Without the token it says nothing.
 */
class ApportCronModuleFrontController extends ModuleFrontController
{
    private const MOST = 200;
    private const SECONDS = 50;

    public function init(): void
    {
        $right = (string) Configuration::getGlobalValue('APPORT_CRON');
        if ($right === '' || !hash_equals($right, (string) Tools::getValue('token'))) {
            http_response_code(404);
            exit;
        }
        ApportQueue::purge(time());
        $told = $this->module->sendDue(self::MOST, self::SECONDS);
        header('Content-Type: application/json');
        echo json_encode(['told' => $told, 'waiting' => ApportQueue::count()]);
        exit;
    }
}
