"""The main job in the browser: files in, a preview of what each would do, and only then a commit, or taking it back."""

import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe

from povertyparty import jobs, marking, preview
from povertyparty.files import FileFault, StoredFile, respond
from povertyparty.ledger import REGISTRY
from povertyparty.listing import SIZES
from povertyparty.models import Access, Upload
from povertyparty.pages.lists import MEDIA, pager
from povertyparty.pages.permit import may
from povertyparty.plan import Verdict
from povertyparty.scope import Scope, acting, current
from povertyparty.uploads import (
    UNDO_WITHIN,
    WORKBOOKS,
    Overtaken,
    UploadRefused,
    depth,
    plan_dependants,
    private_copy,
    take_turn,
)

SUFFIXES = [suffix for kind in WORKBOOKS for suffix in kind.suffixes]
LARGE = 2000  # rows written; more is done in the background, where it shows how far it is
MARKED_AT_ONCE = 5 * 2**20
RECENT = 5
State = Upload.State
