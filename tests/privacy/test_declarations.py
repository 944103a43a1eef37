"""Every table says what it holds of people, and the guide says exactly the same (PV1, PV2)."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from core.crypto import EncryptedBinaryField, EncryptedTextField
from core.models import User
from core.privacy import registry, tables
from core.privacy.declaring import End, Holding, OnErasure
from core.privacy.exporting import shown_fields

GUIDE = Path(__file__).parents[2] / "docs" / "privacy.md"
#: What a field that may hold something personal is called.
LOOKS_PERSONAL = re.compile(
    r"(^|_)(name|mail|email|phone|address|postcode|town|iban|bic|siren|siret|registration|ip"
    r"|visitor|customer|handle|bio|text|reason|note|message|objection|story|pitch|answer|body"
    r"|recipient|guardian|people|url|host|token|evidence|headers|proof|file|alt"
    r"|secret|password|credentials|user_agent|title_of|unit|sizes|working_time|credit|query"
    r"|subject|shown|account|last4|vat_name|problem|error|data|story|agreed_by)$"
)
#: Kinds of fields in which somebody can be named.
FREE = (
    models.CharField, models.TextField, models.JSONField, models.BinaryField,
    models.GenericIPAddressField, models.UUIDField, models.FileField, EncryptedTextField,
    EncryptedBinaryField,
)  # fmt: skip
#: Names that are never of a person: kinds, states, numbers of documents, hashes of content.
HARMLESS = re.compile(r"(public_id|idempotency_key|slot_key|source_key|sha256|_hash)$")
#: Who wrote or decided something: the number of a person, who is a tombstone once erased.
ACTORS = re.compile(r"(_by|^by|author|assignee|actor|reviewer|owner|viewer|user|person)$")


def all_models():
    return {model._meta.label: model for model in apps.get_models()}


def declared_models():
    return [holding.model for holding in registry.holdings()]


def looks_personal(field):
    if not isinstance(field, FREE) or field.choices or HARMLESS.search(field.name):
        return False
    is_secret = isinstance(field, EncryptedTextField | EncryptedBinaryField)
    return is_secret or bool(LOOKS_PERSONAL.search(field.name))


def test_every_table_is_declared_once():
    said = [*declared_models(), *registry.nothing()]
    assert sorted(said) == sorted(set(said))
    assert sorted(set(all_models()) - set(said)) == [], "Declare it in its app's privacy.py (PV1)."
    assert sorted(set(said) - set(all_models())) == []


def test_every_field_that_looks_personal_is_spoken_of():
    said = {one.model: {*one.fields, *one.plain, *one.told} for one in registry.holdings()}
    said |= {label: set(plain) for label, plain in registry.nothing().items()}
    silent = [
        f"{label}.{field.name}"
        for label, model in all_models().items()
        for field in model._meta.concrete_fields
        if looks_personal(field) and field.name not in said.get(label, set())
    ]
    assert silent == [], "Name it in its table's declaration: fields, plain or told (PV2)."


def test_fields_that_are_named_are_there():
    for one in registry.holdings():
        there = {field.name for field in all_models()[one.model]._meta.get_fields()}
        named = {*one.fields, *one.plain, *one.told, *one.secret, *one.blank}
        assert named - there == set(), one.model
        assert set(one.secret) <= set(one.fields), one.model
        for path in filter(None, (one.person, one.account)):
            all_models()[one.model]._default_manager.filter(**{f"{path}__in": []})


def test_tables_with_nothing_name_people_only_as_those_who_acted():
    telling = [
        f"{label}.{field.name}"
        for label in registry.nothing()
        for field in all_models()[label]._meta.concrete_fields
        if field.is_relation and field.related_model is User and not ACTORS.search(field.name)
    ]
    assert telling == []


@pytest.mark.parametrize("one", list(registry.holdings()), ids=lambda one: one.model)
def test_every_declaration_is_whole(one):
    assert str(one.purpose)
    assert str(one.kept)
    assert one.whose
    # What ends has a rule that ends it; what does not end has a reason that a person can read.
    assert bool(one.rule) or one.end == End.KEEP
    assert not one.rule or one.rule in registry.rules()
    assert one.erased != OnErasure.KEEP or str(one.stays), "It stays: say why."
    assert (one.erased == OnErasure.EMPTY) == bool(one.blank)
    assert one.erased == OnErasure.KEEP or one.person or one.account


def test_rules_have_keys_of_their_app_and_words():
    for key, rule in registry.rules().items():
        assert re.fullmatch(r"[a-z]+\.[a-z_]+", key)
        assert str(rule.text).endswith(".")
    everybody = [rule.key for one in registry.declared() for rule in one.rules]
    assert len(everybody) == len(set(everybody))


def test_the_guide_shows_the_table_of_the_code():
    guide = GUIDE.read_text()
    assert "\n".join(tables.lines()) in guide, "bin/manage privacy --table"
    assert "\n".join(tables.rule_lines()) in guide, "bin/manage privacy --rules"


def test_an_unspoken_table_or_field_would_be_found():
    assert looks_personal(models.CharField(name="legal_name", max_length=9))
    assert looks_personal(EncryptedTextField(name="x"))
    assert not looks_personal(models.CharField(name="public_id", max_length=9))
    assert not looks_personal(models.IntegerField(name="number"))


def test_no_export_shows_a_secret_a_cost_or_what_only_staff_may_read():
    shown = {
        f"{one.model}.{name}"
        for one in registry.holdings()
        if one.person or one.account
        for name in shown_fields(one)
    }
    for one in registry.holdings():
        assert not {f"{one.model}.{name}" for name in one.secret} & shown
    forbidden = re.compile(r"password|secret|token|_hash$|margin|cost|internal|thresholds")
    assert sorted(name for name in shown if forbidden.search(name)) == []
    assert isinstance(next(registry.holdings()), Holding)
