<?php
// Reads facts of orders as JSON, one per line, and writes what the module would send of each.
declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $what): bool { throw new ErrorException($what); });
foreach (['Amounts', 'Clock', 'People', 'Signing', 'Slips', 'Bodies'] as $name) {
    require $argv[1] . "/classes/Apport$name.php";
}
while (($line = fgets(STDIN)) !== false) {
    $facts = json_decode($line, true);
    $bodies = new ApportBodies($facts, 'EUR', 'Europe/Paris');
    $order = $bodies->order();
    $body = json_encode($order, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    echo json_encode([
        'order' => $order,
        'returns' => $bodies->returns(),
        'body' => $body,
        'signature' => ApportSigning::signature('s3cret', 1767225600, $body),
        'event' => ApportSigning::event($body),
    ], JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
}
