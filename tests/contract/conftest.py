"""Each contract suite runs over memory and over the real adapters: AWS on a MiniStack of its own,
Salesforce on the emulator."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import boto3
import pytest

from local.cloud.ministack import MiniStack
from syncline.aws.clients import Clients
from syncline.memory.cloud import MemoryCloud
from tests.contract.aws_cloud import AwsCloud, table_definitions
from tests.contract.cloud import Cloud
from tests.contract.crm_choice import READ, WRITTEN, opened
from tests.contract.crm_orgs import Emulated, Org, emulator
from tests.contract.crm_writing import Writing

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    scratch = tmp_path_factory.mktemp("ministack")
    clock_file = scratch / "clock"
    clock_file.write_text("0")
    emulator = MiniStack(
        python=ROOT / ".envs" / "ministack" / "bin" / "python",
        scratch=scratch,
        log=scratch / "ministack.log",
        clock_file=clock_file,
        region=REGION,
    )
    session = boto3.Session("test", "test", region_name=REGION)
    yield Clients(session.client, endpoint_url=emulator.endpoint)
    emulator.close()


@pytest.fixture
def aws_cloud(clients: Clients) -> AwsCloud:
    return AwsCloud(clients, table_definitions())


@pytest.fixture
def metered_cloud(clients: Clients) -> AwsCloud:
    return AwsCloud(clients, table_definitions(), metered=True)


@pytest.fixture(params=["memory", "aws"])
def cloud(request: pytest.FixtureRequest) -> Cloud:
    if request.param == "memory":
        return MemoryCloud()
    built: AwsCloud = request.getfixturevalue("aws_cloud")
    return built


@pytest.fixture(scope="module")
def running() -> Iterator[Emulated]:
    with emulator() as found:
        yield found


@pytest.fixture(params=READ)
def org(request: pytest.FixtureRequest) -> Org:
    return opened(request)


@pytest.fixture(params=WRITTEN)
def writing(request: pytest.FixtureRequest) -> Iterator[Writing]:
    jobs = request.param.endswith("job")
    with closing(Writing(opened(request), jobs=jobs)) as found:
        yield found
