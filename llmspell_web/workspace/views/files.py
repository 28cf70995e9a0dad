"""The files of an account: list, upload, download, delete."""

from typing import BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from artifacts.downloads import send_blob
from llmspell_web.teams.requests import AccountRequest
from llmspell_web.web.forms import add_problem
from llmspell_web.web.htmx import is_partial, render_either
from llmspell_web.web.problems import Problem
from llmspell_web.workspace.files import delete_file, get_file, list_files, save_file
from llmspell_web.workspace.forms import UploadForm


@require_http_methods(["GET", "HEAD", "POST"])
def files(request: AccountRequest) -> HttpResponse:
    """The panel of files, and uploading into it. Each file is stored whole or not at all."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        for upload in form.cleaned_data["uploads"]:
            store_upload(request, form, upload)
        if form.is_valid() and not is_partial(request):
            return redirect("workspace:editor")
    context: dict[str, object] = {
        "files": list_files(request.user),
        "upload_form": form if form.errors else UploadForm(),
    }
    status = 422 if form.errors else 200
    return render_either(request, "workspace/files.html", "workspace/_files.html", context, status=status)


def store_upload(request: AccountRequest, form: UploadForm, upload: "UploadedFile[bytes]") -> None:
    folder = form.cleaned_data["folder"]
    path = f"{folder}/{upload.name}" if folder else f"{upload.name}"
    try:
        save_file(request.user, path, cast(BinaryIO, upload.open()))
    except Problem as problem:
        add_problem(form, problem)
    else:
        if not is_partial(request):
            messages.success(request, f"Stored {path}.")


@require_safe
def download(request: AccountRequest, path: str) -> HttpResponseBase:
    file = get_file(request.user, path)
    name = file.path.rsplit("/", 1)[-1]
    return send_blob(request, file.blob, name=name, mime_type="application/octet-stream")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AccountRequest, path: str) -> HttpResponse:
    """Asks once, then deletes."""
    file = get_file(request.user, path)
    if request.method != "POST":
        context: dict[str, object] = {"file": file}
        return render_either(request, "workspace/file_delete.html", "workspace/_file_delete.html", context)
    delete_file(request.user, file.path)
    messages.success(request, f"Deleted the file {file.path}.")
    return redirect("workspace:editor")
