"""`verify_blobs` finds what is lost or changed, goes on where it was broken off, and forgets what is right again."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from artifacts.blobs import write_blob
from artifacts.models import Blob, BlobCheck, DamagedBlob
from artifacts.verification import begin_check, verify_blobs

MIB = 1024 * 1024
PROSE = b"All work and no play makes Jack a dull boy.\n" * 3000


def path_of(blob: Blob) -> Path:
    return Path(settings.MEDIA_ROOT) / str(blob.file.name)


@pytest.mark.django_db
def test_each_kind_of_damage_is_found_and_forgotten_when_it_is_mended(capsys: pytest.CaptureFixture[str]) -> None:
    missing, short, wrong, packed = (write_blob(content, max_bytes=MIB) for content in (b"a", b"bb", b"cc", PROSE))
    write_blob(b"right", max_bytes=MIB)
    before = {blob: path_of(blob).read_bytes() for blob in (missing, short, wrong, packed)}
    path_of(missing).unlink()
    path_of(short).write_bytes(b"b")
    path_of(wrong).write_bytes(b"cx")
    path_of(packed).write_bytes(before[packed][:-9] + b"nine byte")
    with pytest.raises(CommandError) as failure:
        call_command("verify_blobs")
    assert failure.value.returncode == 1
    said = capsys.readouterr().out
    assert said.endswith("5 contents checked, 4 damaged.\n")
    assert all(blob.digest in said for blob in before)
    assert set(DamagedBlob.objects.values_list("pk", flat=True)) == {blob.digest for blob in before}
    for blob, content in before.items():
        path_of(blob).write_bytes(content)
    call_command("verify_blobs")
    assert capsys.readouterr().out == "5 contents checked, 0 damaged.\n"
    assert not DamagedBlob.objects.exists()
    assert not BlobCheck.objects.exists()


@pytest.mark.django_db
def test_a_check_in_a_bucket(bucket: str) -> None:
    right, wrong = write_blob(PROSE, max_bytes=MIB), write_blob(b"gone", max_bytes=MIB)
    default_storage.delete(str(wrong.file.name))
    findings = {finding.blob.pk: finding.damage for finding in verify_blobs(begin_check(anew=True))}
    assert findings[right.pk] == ""
    assert "missing" in findings[wrong.pk]
    assert write_blob(b"gone", max_bytes=MIB).pk == wrong.pk
    assert not any(finding.damage for finding in verify_blobs(begin_check(anew=True)))


def test_a_killed_check_goes_on(process_environment: dict[str, str]) -> None:
    for number in range(60):
        write_blob(b"%d" % number * 20_000, max_bytes=MIB)
    Blob.objects.update(stored_size=40)  # all are damaged now, so that each step is kept
    command = [sys.executable, "manage.py", "verify_blobs"]
    slow = subprocess.Popen([*command, "--rate", "0.0005"], env=process_environment, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not BlobCheck.objects.filter(checked__gt=2).exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        slow.send_signal(signal.SIGKILL)
        slow.wait()
    reached = BlobCheck.objects.get().checked
    assert reached < 60
    done = subprocess.run(command, env=process_environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(f"Going on after {reached} contents.\n")
    assert done.stdout.endswith("60 contents checked, 60 damaged.\n")
    assert len(done.stdout.splitlines()) == 62 - reached
