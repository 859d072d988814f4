"""Forms made from a ledger's columns: the same kinds read a typed value and an uploaded cell."""

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from povertyparty import kinds
from povertyparty.kinds import Fault
from povertyparty.plan import ABSENT


def filter_helper(form):
    """Crispy without a <form> of its own: the list page brings it."""
    form.helper = FormHelper(form)
    form.helper.form_tag = False
    form.helper.disable_csrf = True
    return form


class RecordForm(forms.Form):
    """The stored columns of a ledger as fields. `changes` are database values by model field, after cleaning.

    A masked field left as it is, or left empty, keeps what is stored; any other empty field is cleared. What another
    ledger knows is shown and not asked, unless the record says otherwise and somebody must put that right.
    """

    def __init__(self, ledger, user, *args, record=None, places=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.ledger, self.record = ledger, record
        # What only other roles may read is theirs to write.
        mine = (c for c in ledger.stored if c.right == "see_sensitive" or user.may(c.right))
        written = [c for c in mine if not c.is_settled(user.may) or (c.once and record is None)]
        self.known = self.held_elsewhere([c for c in written if c.known])
        self.written = [c for c in written if not self.is_answered(c)]
        if places:
            self.fields["place"] = forms.ChoiceField(
                label="村（地区）", choices=places, initial=record.place_id if record else None
            )
        self.named = [lookup for lookup in ledger.lookups if lookup.field != "place"]
        for lookup in self.named:
            self.fields[lookup.field] = self.naming(lookup)
        if ledger.parent and record is None:
            parents = ledger.parent.model.objects.filter(ledger.parent.living).order_by("-pk")
            self.fields[ledger.link] = forms.ModelChoiceField(
                parents, label=ledger.parent.title, empty_label="（请选择）"
            )
        for column in written:
            self.fields[column.name] = self.entry(column) if column in self.written else self.answer(column)
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        several = {name for name, one in self.fields.items() if isinstance(one, forms.MultipleChoiceField)}
        self.helper.layout = Layout(
            *(InlineCheckboxes(name) if name in several else name for name in self.fields)
        )

    def naming(self, lookup):
        """A text that names another record the way the form does (户编号), or one of a few to choose from."""
        field = self.ledger.model._meta.get_field(lookup.field)
        held = getattr(self.record, field.attname, None)
        (initial,) = lookup.tell({held})[held] if held else ("",)
        options = {
            "label": self.ledger.heading(lookup.field),
            "initial": initial,
            "required": not field.blank,
        }
        if (offered := lookup.offered()) is not None:
            names = dict.fromkeys([*([initial] if initial else []), *offered])
            return forms.ChoiceField(choices=[("", "（未填）"), *((name, name) for name in names)], **options)
        return forms.CharField(max_length=60, **options)

    def held_elsewhere(self, columns):
        """{column name: what another ledger knows of the record}, as the database holds it."""
        if self.record is None or not columns:
            return {}
        rows = self.ledger.model.objects.filter(pk=self.record.pk)
        known = self.ledger.knowing(rows, columns).values(*(c.known_path for c in columns)).first() or {}
        values = {c.name: known.get(c.known_path) for c in columns}
        return {name: value for name, value in values.items() if value not in (None, "")}

    def is_answered(self, column):
        """Whether another ledger knows it, and the record does not say otherwise."""
        own = getattr(self.record, column.attname, None)
        return column.name in self.known and own in (None, "", self.known[column.name])

    def answer(self, column):
        return forms.CharField(
            label=column.header,
            required=False,
            disabled=True,
            initial=self.initial_text(column, self.known[column.name]),
            help_text=f"取自{column.source}，不用填",
        )

    def entry(self, column):
        kind, given = (
            column.kind,
            getattr(self.record, column.attname, None) if self.record is not None else None,
        )
        options = {
            "label": column.header,
            "required": self.needs(column),
            "help_text": self.differing(column) or kind.help,
        }
        options["initial"] = self.initial_text(column, given)
        if isinstance(kind, kinds.Choices):
            within = {"data-within": self[kind.within].id_for_label} if kind.within in self.fields else {}
            return forms.MultipleChoiceField(
                choices=kind.labels,
                widget=forms.CheckboxSelectMultiple(attrs=within),
                **options | {"initial": given, "help_text": f"最多选{kind.most}项"},
            )
        if isinstance(kind, kinds.Choice):
            return forms.ChoiceField(
                choices=[("", "（未填）"), *kind.labels], **options | {"initial": given, "help_text": ""}
            )
        if isinstance(kind, kinds.YesNo):
            return forms.ChoiceField(
                choices=[("", "（未填）"), ("是", kind.yes), ("否", kind.no)], **options | {"help_text": ""}
            )
        wide = isinstance(kind, kinds.Text) and kind.longest > 400
        widget = forms.Textarea(attrs={"rows": 3}) if wide else forms.TextInput(attrs={"autocomplete": "off"})
        if isinstance(kind, kinds.Number):  # the header says the unit, the keyboard says the rest
            widget.attrs["inputmode"], options["help_text"] = "decimal", self.differing(column)
        return forms.CharField(widget=widget, **options)

    def differing(self, column):
        known = self.known.get(column.name)
        return (
            f"{column.source}登记为“{self.initial_text(column, known)}”，请核对" if known is not None else ""
        )

    @property
    def retyped(self):
        """{column: 1} of what was filled in here and another ledger knows."""
        asked = [
            c
            for c in self.written
            if c.known and c.name in self.changed_data and self.cleaned_data.get(c.name)
        ]
        return dict.fromkeys((c.name for c in asked if c.name in self.held_elsewhere(asked)), 1)

    def needs(self, column):
        """What the database must have: a file may number items by itself (整改事项编号), a person says the number."""
        bare = not column.field.null and not column.field.blank and not column.field.has_default()
        return (column.required or bare) and not self.keeps(column)

    def keeps(self, column):
        """Whether the value is shown masked, so that leaving it alone keeps it."""
        return (
            column.sensitive and self.record is not None and bool(getattr(self.record, column.attname, None))
        )

    def initial_text(self, column, given):
        if given is None or given in ("", []):
            return ""
        if column.sensitive:
            return column.masked(column.store(given))
        return (
            column.kind.show(given).replace(",", "")
            if isinstance(column.kind, kinds.Number)
            else column.kind.show(given)
        )

    def clean(self):
        self.changes = {}
        if "place" in self.cleaned_data:
            self.changes["place_id"] = self.cleaned_data["place"]
        for lookup in self.named:
            self.refer(lookup)
        if self.ledger.link in self.cleaned_data:
            self.changes[f"{self.ledger.link}_id"] = self.cleaned_data[self.ledger.link].pk
        for column in self.written:
            try:
                value = self.value(column)
            except Fault as fault:
                self.add_error(column.name, str(fault))
                continue
            if value is not ABSENT:
                self.changes[column.attname] = value
        return self.cleaned_data

    def refer(self, lookup):
        said = self.cleaned_data.get(lookup.field)
        told = lookup.find({(said,)})[(said,)] if said else None
        if isinstance(told, Fault):
            self.add_error(lookup.field, str(told))
        elif told is not None or not said:
            self.changes[self.ledger.model._meta.get_field(lookup.field).attname] = told

    def value(self, column):
        """The value to store, or ABSENT to leave what is there."""
        raw = self.cleaned_data.get(column.name)
        if self.keeps(column) and raw in ("", self.fields[column.name].initial):
            return ABSENT
        if raw in (None, "", []):
            return column.field.get_default()
        if isinstance(column.kind, kinds.Choices):
            return column.kind.parse(";".join(raw))
        return column.kind.parse(raw) if not isinstance(column.kind, kinds.Choice) else raw
