"""常用筛选: the bar above a list, and keeping, renaming, sharing and dropping what stands there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse

from povertyparty.models import SavedFilter
from povertyparty.pages.lists import listing_of
from povertyparty.pages.permit import ledger_of, may
from povertyparty.saved import MOST
from povertyparty.scope import here

CHANGES = {
    "share": ({"shared": True}, "已共享给本级和下级"),
    "unshare": ({"shared": False}, "已改为只有自己可见"),
    "open": ({"opens": True}, "打开台账时将使用"),
    "unopen": ({"opens": False}, "打开台账时不再使用"),
}


@may("view_ledgers", "POST")
def saved_filter_add(request, code):
    """Keep the conditions of the list, those in the address, under a name."""
    ledger = ledger_of(request, code)
    listing = listing_of(request, ledger)
    back = redirect(reverse("ledger", args=[code]) + "?" + request.GET.urlencode())
    told = listing.means
    if not told and not listing.place:
        messages.error(request, "没有筛选条件，不用保存。请先筛选，再保存。")
        return back
    if SavedFilter.objects.filter(owner=request.user, ledger=code).count() >= MOST:
        messages.error(request, f"每种台账最多保存 {MOST} 个常用筛选，请先删除不用的。")
        return back
    one = SavedFilter(
        ledger=code, query=listing.address, told=told, owner=request.user, place_code=here(),
        name=request.POST.get("name", "").strip(), shared=bool(request.POST.get("shared")),
    )  # fmt: skip
    if one.shared and not request.user.may("share_filters"):
        raise PermissionDenied
    if not keep(request, one):
        return back
    if request.POST.get("opens"):
        change(request, one, "open")
    messages.success(request, f"已保存常用筛选“{one}”。")
    return redirect(reverse("ledger", args=[code]) + one.address)


@may("view_ledgers", "POST")
def saved_filter(request, code, pk, what):
    """Rename it, share it, open the ledger with it, drop it; each by whose it is."""
    ledger_of(request, code)
    one = get_object_or_404(SavedFilter.objects.seen_by(request.user), pk=pk, ledger=code)
    own = one.owner_id == request.user.pk
    if not one.is_changed_by(request.user) or (what in ("open", "unopen") and not own):
        raise PermissionDenied
    if what == "share" and not request.user.may("share_filters"):
        raise PermissionDenied
    # The list stays as it was: what was dropped by mistake can be kept again from there.
    back = redirect(reverse("ledger", args=[code]) + f"?{one.query}")
    if what == "delete":
        one.delete()
        messages.success(request, f"已删除常用筛选“{one}”；需要时可以从本页重新保存。")
    elif what == "rename":
        before, one.name = one.name, request.POST.get("name", "").strip()
        if keep(request, one):
            messages.success(request, f"“{before}”已改名为“{one}”。")
    elif what in CHANGES:
        change(request, one, what)
        messages.success(request, f"{CHANGES[what][1]}：“{one}”。")
    return back


def keep(request, one):
    """Whether it could be kept; if not, why is said."""
    try:
        one.full_clean()
    except ValidationError as error:
        messages.error(request, "没有保存：" + "；".join(error.messages))
        return False
    one.save()
    return True


@transaction.atomic
def change(request, one, what):
    facts, _ = CHANGES[what]
    if what == "open":
        SavedFilter.objects.filter(owner=one.owner_id, ledger=one.ledger, opens=True).update(opens=False)
    SavedFilter.objects.filter(pk=one.pk).update(**facts)


urlpatterns = [
    path("ledgers/<slug:code>/filters/", saved_filter_add, name="saved_filter_add"),
    path("ledgers/<slug:code>/filters/<int:pk>/<slug:what>/", saved_filter, name="saved_filter"),
]
