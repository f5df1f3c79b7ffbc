"""Use Moto for one session only, without a mock: the session is told which HTTP session class to use."""

import asyncio
import os

from aiobotocore.httpsession import AIOHTTPSession

from aiomoto import AioSession, MotoAIOHTTPSession


async def main() -> None:
    """Use a session that needs no credentials, region or mock, and patches nothing."""
    send, environment = AIOHTTPSession.send, dict(os.environ)

    session = AioSession(http_session_cls=MotoAIOHTTPSession)
    async with session.create_client("sns") as sns:
        await sns.create_topic(Name="alarms")
        topics = (await sns.list_topics())["Topics"]

    print(f"Created without a mock: {topics[0]['TopicArn']}")
    assert topics == [{"TopicArn": "arn:aws:sns:us-east-1:123456789012:alarms"}]
    assert AIOHTTPSession.send is send
    assert dict(os.environ) == environment


if __name__ == "__main__":
    asyncio.run(main())
