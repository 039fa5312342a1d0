"""The pages of a comparison: upload, the lines and what is decided on them, signature, report."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from imports import batches, watching
from imports.comparing import comparisons, report, tasks
from imports.comparing.comparisons import Frozen, Incomparable
from imports.comparing.forms import CompareForm, LinesForm, ReadingForm, known_by
from imports.comparing.models import Comparison, ComparisonLine
from imports.comparing.taking import take as taken
from imports.comparing.taking import takeable
from imports.pages.sending import keep_trail_of_upload, kept_file, made_file
from imports.pages.views import check
from imports.reading import UnreadableFile
from inventory import access
from inventory.listing.address import narrowed
from inventory.pages.shared import changeable, shown
from inventory.registers import Register
from inventory.search import fold
from inventory.server.asked import wholes

# A list of at most so many bytes, beside at most so many rows, is compared while the user waits.
AT_ONCE_BYTES = 200_000
AT_ONCE_ROWS = 2_000
_PAGE = 50

State, Verdict, Decision = Comparison.State, ComparisonLine.Verdict, ComparisonLine.Decision
# Only these lines have something of theirs that an import could bring.
TAKEABLE = (Verdict.DIFFERS, Verdict.THERE)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, register: Register) -> HttpResponse:
    """Load a list to compare with the rows that the URL's query finds."""
    shown(register, request.user)
    query = narrowed(request.GET.urlencode()).urlencode()
    try:
        rows, part = comparisons.part(register, request.user, query)
    except Incomparable as error:
        messages.error(request, str(error))
        return redirect("register-list", register)
    form = CompareForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data.pop("file")
        made = batches.upload(
            register, request.user, file, file.name, into=Comparison, query=query, **form.cleaned_data
        )
        _compare(made)
        return redirect("comparison", made.pk)
    context = {
        "register": register,
        "form": form,
        "part": part,
        "count": rows.count(),
        "is_filtered": bool(query),
        "known_by": known_by(register),
    }
    return render(request, "comparing/upload.html", context)


@require_safe
def comparison_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(comparisons.visible_comparisons(request.user), _PAGE).get_page(request.GET.get("page"))
    return render(request, "comparing/comparisons.html", {"page": page})


@require_safe
def comparison_detail(request: HttpRequest, pk: int) -> HttpResponse:
    comparison = _visible(request, pk)
    return _page_of(request, comparison, _headings_form(comparison))


def _headings_form(comparison: Comparison) -> ReadingForm | None:
    """Until it is signed the headings can be corrected, if the file could be read at all."""
    return (
        ReadingForm(instance=comparison)
        if comparison.state in (State.OPEN, State.FAILED) and comparison.headings
        else None
    )


def _page_of(request: HttpRequest, comparison: Comparison, form: ReadingForm | None) -> HttpResponse:
    context = {
        "comparison": comparison,
        "register": comparison.of,
        "form": form,
        "form_open": form is not None and (form.is_bound or comparison.state == State.FAILED),
        "is_own": comparison.user_id == request.user.pk,
    }
    if comparison.state in (State.OPEN, State.SIGNED):
        context |= _lines(request, comparison)
    return render(request, "comparing/comparison.html", context)


def _lines(request: HttpRequest, comparison: Comparison) -> dict:
    """One page of the lines asked for, the numbers above them, and what may be done."""
    everything = comparisons.lines_for(comparison, request.user)
    tally = comparisons.tally(everything)
    asked = LinesForm(request.GET, comparison.of, comparison.read["columns"])
    verdict = asked.chosen.get("verdict") or _first(tally)
    lines = _asked(everything, asked.chosen | {"verdict": verdict}).select_related("by")
    page = Paginator(lines, _PAGE).get_page(request.GET.get("page"))
    to_settle = sum(sum(tally[v].values()) for v in Verdict.values if v != Verdict.SAME)
    waiting = sum(tally[v][Decision.OPEN] for v in Verdict.values if v != Verdict.SAME)
    may_change = access.may_change(comparison.of, request.user)
    return {
        "page": page,
        "lines": [(line, [(comparison.of.column(p.column).label, p) for p in line.pairs]) for line in page],
        "asked": asked,
        "verdict": verdict,
        "tiles": [(v, v.label, sum(tally[v].values()), tally[v][Decision.OPEN]) for v in Verdict],
        "to_settle": to_settle,
        "settled": to_settle - waiting,
        "waiting": waiting,
        "decisions": [
            choice for choice in Decision.choices if choice[0] and (choice[0] != Decision.THEIRS or verdict in TAKEABLE)
        ],
        "is_open": comparison.state == State.OPEN,
        "takeable": {v: tally[v][Decision.THEIRS] if may_change else 0 for v in TAKEABLE},
        "query": _query(asked.chosen | {"verdict": verdict}),
    }


def _first(tally: dict) -> str:
    """The verdict that asks for work first."""
    return next((v for v in Verdict if v != Verdict.SAME and tally[v][Decision.OPEN]), Verdict.DIFFERS)


def _asked(lines: QuerySet[ComparisonLine], chosen: dict[str, str]) -> QuerySet[ComparisonLine]:
    lines = lines.filter(verdict=chosen["verdict"])
    if decision := chosen.get("decision"):
        lines = lines.filter(decision="" if decision == "open" else decision)
    if column := chosen.get("column"):
        lines = lines.filter(columns__contains=f",{column},")
    if text := chosen.get("q"):
        lines = lines.filter(searched__contains=fold(text))
    return lines


def _query(chosen: dict[str, str]) -> str:
    params = QueryDict(mutable=True)
    params.update(chosen)
    return params.urlencode()


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """What a busy comparison's page asks for every two seconds; a finished one makes the page load anew."""
    comparison = _visible(request, pk)
    watching.take_up(comparison)
    answer = render(request, "comparing/_progress.html", {"comparison": comparison})
    if not comparison.is_busy:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare again, with other headings; what was decided on the former lines goes with them."""
    comparison = _visible(request, pk)
    form = _headings_form(comparison)
    if form is None:
        return redirect("comparison", pk)
    form = ReadingForm(request.POST, instance=comparison)
    if not form.is_valid():
        return _page_of(request, comparison, form)
    if comparison.lines.exclude(decision="").exists() and not request.POST.get("sure"):
        messages.warning(request, _("Yeniden karşılaştırınca verilen kararlar silinir; kutuyu işaretleyiniz."))
        return redirect("comparison", pk)
    kept = form.keep()
    names = ("sheet", "header_row", "header_rows", "locale", "encoding", "mapping", "filled")
    chosen = {name: getattr(kept, name) for name in names}
    chosen |= {"state": State.UPLOADED, "heartbeat": None}
    if Comparison.objects.filter(pk=pk, state__in=(State.OPEN, State.FAILED)).update(**chosen):
        kept.refresh_from_db()
        _compare(kept)
    return redirect("comparison", pk)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide on one line (`one` = "line:decision"), on the ticked ones, or on all that the filter finds."""
    comparison = _visible(request, pk)
    if comparison.state not in (State.OPEN, State.SIGNED):
        raise Http404
    query = QueryDict(request.POST.get("query", ""))
    asked = LinesForm(query, comparison.of, comparison.read["columns"]).chosen
    lines = comparisons.lines_for(comparison, request.user)
    one, _colon, decision = request.POST.get("one", "").partition(":")
    if one:
        lines = lines.filter(pk__in=wholes([one]))
    else:
        decision = request.POST.get("decision", "")
        ticked = wholes(request.POST.getlist("selected"))
        lines = _asked(lines, {"verdict": ""} | asked) if request.POST.get("all") else lines.filter(pk__in=ticked)
    if decision not in Decision.values:
        raise Http404
    if decision == Decision.THEIRS:
        lines = lines.filter(verdict__in=TAKEABLE)
    if request.POST.get("all") and decision and not asked.get("decision"):
        # What somebody has decided line by line is not overwritten by one click.
        lines = lines.filter(decision="")
    try:
        note = request.POST.get("note", "").strip()[:500]
        count = comparisons.settle(comparison, lines, decision, note, request.user)
    except Frozen as refusal:
        messages.error(request, str(refusal))
    else:
        message = ngettext("%(count)d satıra karar verildi.", "%(count)d satıra karar verildi.", count)
        opened = ngettext("%(count)d satırın kararı kaldırıldı.", "%(count)d satırın kararı kaldırıldı.", count)
        messages.success(request, (message if decision else opened) % {"count": count})
    return redirect(f"{reverse('comparison', args=[pk])}?{query.urlencode()}#lines")


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze it in the signer's name, and keep the report of this moment."""
    comparison = _visible(request, pk)
    if not request.POST.get("sure"):
        messages.warning(request, _("Onaylamak için kutuyu işaretleyiniz."))
        return redirect("comparison", pk)
    try:
        comparisons.sign(comparison, request.user)
    except Frozen as refusal:
        messages.error(request, str(refusal))
        return redirect("comparison", pk)
    if comparison.lines.count() <= AT_ONCE_ROWS:
        comparisons.keep_report(comparison)
    else:
        tasks.keep_report.enqueue(pk, get_language())
    messages.success(request, _("Karşılaştırma onaylandı. Raporu indirebilirsiniz; bundan sonra değişmez."))
    return redirect("comparison", pk)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand what was decided for the other side to an ordinary import, which checks it and waits to be applied."""
    comparison = _visible(request, pk)
    changeable(comparison.of, request.user)
    verdict = request.POST.get("verdict")
    if verdict not in TAKEABLE or comparison.state not in (State.OPEN, State.SIGNED):
        raise Http404
    if not takeable(comparison, verdict, request.user).exists():
        messages.warning(request, _("“Onlarınkini al” kararı verilmiş satır kalmadı."))
        return redirect("comparison", pk)
    try:
        batch = taken(comparison, verdict, request.user)
    except UnreadableFile as error:
        messages.error(request, str(error))
        return redirect("comparison", pk)
    check(batch)
    messages.info(request, _("Kararlarınız bir aktarıma dönüştürüldü. Denetimine bakıp uygulayınca yazılır."))
    return redirect("import-batch", batch.pk)


@require_safe
def report_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The signed report as it was kept, else one of this moment, which calls itself a draft until signed."""
    comparison = _visible(request, pk)
    if comparison.state not in (State.OPEN, State.SIGNED):
        raise Http404
    day = timezone.localdate(comparison.signed_at) if comparison.signed_at else timezone.localdate()
    name = f"{_('karşılaştırma')}-{pk}-{day:%Y-%m-%d}.xlsx"
    if comparison.report:
        return kept_file(comparison.report, name)
    lines = comparisons.lines_for(comparison, request.user)
    return made_file(lambda target: report.write(comparison, lines, target, request.user), name)


@require_safe
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The outside list as it was uploaded."""
    comparison = _visible(request, pk)
    keep_trail_of_upload(comparison, request)
    return kept_file(comparison.file, comparison.name)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away one's own comparison, while nobody has signed it."""
    comparison = _visible(request, pk)
    if comparison.user_id != request.user.pk:
        raise Http404
    ended = Comparison.objects.filter(pk=pk, state__in=(State.OPEN, State.FAILED))
    if not request.POST.get("sure") or not ended.delete()[0]:
        messages.warning(request, _("Silinmedi: kutuyu işaretleyiniz; onaylanmış karşılaştırma silinmez."))
        return redirect("comparison", pk)
    comparison.file.delete(save=False)
    messages.success(request, _("Karşılaştırma silindi."))
    return redirect("comparisons")


# What the pages share ---------------------------------------------------------------------------------------


def _visible(request: HttpRequest, pk: int) -> Comparison:
    """The comparison, for its maker and the register's managers, and only while they may see the register."""
    comparison = get_object_or_404(comparisons.visible_comparisons(request.user), pk=pk)
    shown(comparison.of, request.user)
    return comparison


def _compare(comparison: Comparison) -> None:
    if comparison.size > AT_ONCE_BYTES or not comparisons.run(comparison, most_rows=AT_ONCE_ROWS):
        watching.start(comparison)
