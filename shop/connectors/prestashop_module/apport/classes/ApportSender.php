<?php
/**
 * Sends what is due, one object at a time, and never longer than it was allowed.
 */
declare(strict_types=1);

final class ApportSender
{
    private const SECONDS = 2;

    /** @var ApportReader */
    private $reader;

    public function __construct(ApportReader $reader)
    {
        $this->reader = $reader;
    }

    /** Send at most $most objects until $end (Unix time); return how many were told. */
    public function run(int $most, int $end): int
    {
        $told = 0;
        for ($count = 0; $count < $most && time() < $end; ++$count) {
            $row = ApportQueue::take(time());
            if ($row === null) {
                break;
            }
            try {
                $this->tell($row);
                ApportQueue::done($row);
                ++$told;
            } catch (Throwable $error) {
                $why = $error instanceof RuntimeException ? $error->getMessage() : get_class($error);
                ApportQueue::failed($row, time(), $why);
            }
        }

        return $told;
    }

    private function tell(array $row): void
    {
        $idShop = $this->reader->shopOf($row['kind'], (int) $row['id_object']);
        $address = (string) Configuration::get('APPORT_WEBHOOK', null, null, $idShop);
        $secret = (string) Configuration::get('APPORT_SECRET', null, null, $idShop);
        if ($secret === '' || !ApportSigning::maySendTo($address)) {
            throw new RuntimeException('The address or the secret is missing.');
        }
        foreach ($this->reader->bodies($row['kind'], (int) $row['id_object']) as $body) {
            $this->post($address, $secret, $body);
        }
    }

    private function post(string $address, string $secret, array $said): void
    {
        $body = json_encode($said, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        if ($body === false) {
            throw new RuntimeException('A text is not UTF-8.');
        }
        $asking = curl_init($address);
        curl_setopt_array($asking, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => self::SECONDS,
            CURLOPT_TIMEOUT => self::SECONDS,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_HTTPHEADER => [
                'Content-Type: application/json',
                'Apport-Event-Id: ' . ApportSigning::event($body),
                'Apport-Signature: ' . ApportSigning::signature($secret, time(), $body),
            ],
        ]);
        $answer = curl_exec($asking);
        $status = (int) curl_getinfo($asking, CURLINFO_RESPONSE_CODE);
        if ($answer === false || $status < 200 || $status > 299) {
            throw new RuntimeException($status ? "Answered with status $status." : 'Did not answer.');
        }
    }
}
