"""Files that came with words about a case, sent to be saved and never shown by the browser."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from fraud.models import Case, CaseFile
from fraud.services.case_files import content_type
from portal.downloads import file_response


def kept_file(case: Case, number: int) -> HttpResponse:
    """Return a file of a case.

    :raises Http404: when there is none of that number with this case, or it is deleted.
    """
    file = CaseFile.objects.filter(message__case=case, pk=number, body__isnull=False).first()
    if file is None or file.body is None:
        raise Http404
    body = bytes(file.body)
    answer = file_response(body, name=file.name, content_type=content_type(body))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
