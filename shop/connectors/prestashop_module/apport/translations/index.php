<?php
// Nothing is listed here.
header('Expires: Mon, 26 Jul 1997 05:00:00 GMT');
header('Cache-Control: no-store');
header('Location: ../');
exit;
