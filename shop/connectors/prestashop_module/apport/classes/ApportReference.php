<?php
/**
 * A reference that an order was placed with, for the webservice.
 */
class ApportReference extends ObjectModel
{
    public $id_order;
    public $ap_ref;

    public static $definition = [
        'table' => 'apport_reference',
        'primary' => 'id_apport_reference',
        'fields' => [
            'id_order' => ['type' => self::TYPE_INT, 'validate' => 'isUnsignedId', 'required' => true],
            'ap_ref' => ['type' => self::TYPE_STRING, 'validate' => 'isGenericName', 'size' => 64, 'required' => true],
        ],
    ];

    protected $webserviceParameters = [
        'objectsNodeName' => 'apport_references',
        'objectNodeName' => 'apport_reference',
        'fields' => ['id_order' => ['xlink_resource' => 'orders']],
    ];
}
