"""A real S3 server on free ports, with its data in a folder that goes with it."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.tools.server import free_port

START_SECONDS = 60
ACCESS_KEY, SECRET_KEY, REGION = "tests", "only-for-the-tests", "us-east-1"
PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port",
)
GRANTS = {
    "identities": [
        {
            "name": "tests",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
    ]
}


class S3Server:
    """Answers once it is made; `options` are those of `BlobBucket`, `environment` the product's own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="llmspell-s3-"))
        (self._folder / "grants.json").write_text(json.dumps(GRANTS))
        ports = {name: free_port() for name in (*PORTS, "s3.port.grpc")}
        self.url = f"http://127.0.0.1:{ports['s3.port']}"
        command = [
            str(Path(sys.executable).with_name("weed")),
            "server",
            "-s3",
            f"-dir={self._folder}",
            "-ip=127.0.0.1",
        ]
        command += [
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-volume.max=1000",  # every bucket takes seven: without a free one, putting an object fails
            "-master.volumeSizeLimitMB=64",
        ]
        command += [f"-s3.config={self._folder / 'grants.json'}", *(f"-{name}={port}" for name, port in ports.items())]
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=self._folder
        )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def make_bucket(self, name: str) -> None:
        self._client().create_bucket(Bucket=name)

    def options(self, bucket: str) -> dict[str, str]:
        keys = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
        return {"bucket_name": bucket, "endpoint_url": self.url, "region_name": REGION, **keys}

    def environment(self, bucket: str) -> dict[str, str]:
        return {
            "LLMSPELL_S3_BUCKET": bucket,
            "LLMSPELL_S3_ENDPOINT": self.url,
            "LLMSPELL_S3_REGION": REGION,
            "LLMSPELL_S3_ACCESS_KEY": ACCESS_KEY,
            "LLMSPELL_S3_SECRET_KEY": SECRET_KEY,
        }

    def stop(self) -> None:
        self._process.kill()  # nothing of it is kept, and it takes ten seconds to end by itself
        self._process.wait()
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _client(self) -> Any:  # boto3 makes its classes when asked
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=10),
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        client = self._client()
        while True:
            try:
                client.create_bucket(Bucket="ready")
                client.put_object(Bucket="ready", Key="ready", Body=b"ready")
                return
            except (BotoCoreError, ClientError) as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")[-2000:]
                    raise AssertionError(f"the S3 server did not start: {error} {log}") from None
                time.sleep(0.1)
