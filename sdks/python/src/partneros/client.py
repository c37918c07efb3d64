"""The clients: the operations, and what is built upon them."""

from __future__ import annotations

import time
from collections.abc import Callable

import anyio

from .generated.async_operations import AsyncOperations
from .generated.operations import Operations
from .generated.types import Job, JobId
from .problems import AuthenticationError, JobError

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0


class Partneros(Operations):
    """A client of the API: with an API key, or for a person who signs in."""

    def sign_out(self) -> None:
        """Ends the session of this sign-in."""
        try:
            self.end_session("current")
        except AuthenticationError:
            # The session has ended already.
            pass
        finally:
            self._forget()

    def wait_for_job(
        self,
        job: Job | JobId,
        *,
        timeout: float = 600.0,
        on_progress: Callable[[Job], None] | None = None,
    ) -> Job:
        """Waits until a job has succeeded. One that failed or was canceled is a `JobError`.

        After `timeout` seconds waiting ends with a `JobError`; the job itself goes on.
        `on_progress` is called with the job whenever it has changed.
        """
        end = time.monotonic() + timeout
        last = self.get_job(job) if isinstance(job, str) else job
        pause = FIRST_PAUSE
        while last["finished_at"] is None:
            if time.monotonic() >= end:
                raise JobError(last)
            time.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)
            changed = self.get_job(last["id"], if_none_match=last["version"])
            if changed is not None:
                last = changed
                if on_progress is not None:
                    on_progress(last)
        return _succeeded(last)


class AsyncPartneros(AsyncOperations):
    """A client of the API that does not block: with an API key, or for a person who signs in."""

    async def sign_out(self) -> None:
        """Ends the session of this sign-in."""
        try:
            await self.end_session("current")
        except AuthenticationError:
            # The session has ended already.
            pass
        finally:
            self._forget()

    async def wait_for_job(
        self,
        job: Job | JobId,
        *,
        timeout: float = 600.0,
        on_progress: Callable[[Job], None] | None = None,
    ) -> Job:
        """Waits until a job has succeeded. One that failed or was canceled is a `JobError`.

        After `timeout` seconds waiting ends with a `JobError`; the job itself goes on.
        `on_progress` is called with the job whenever it has changed.
        """
        end = time.monotonic() + timeout
        last = await self.get_job(job) if isinstance(job, str) else job
        pause = FIRST_PAUSE
        while last["finished_at"] is None:
            if time.monotonic() >= end:
                raise JobError(last)
            await anyio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 1.5)
            changed = await self.get_job(last["id"], if_none_match=last["version"])
            if changed is not None:
                last = changed
                if on_progress is not None:
                    on_progress(last)
        return _succeeded(last)


def _succeeded(job: Job) -> Job:
    if job["status"] in ("failed", "canceled"):
        raise JobError(job)
    return job
