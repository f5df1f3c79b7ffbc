"""The events of SNS topics, as AWS documents them.

https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from moto.core.utils import iso_8601_datetime_with_milliseconds


class Publication(NamedTuple):
    """A message on its way to a subscription.

    Attributes:
        topic: the ARN of the topic.
        subscription: the ARN of the subscription.
        message_id: the id of the message.
        attributes: its attributes, by name.
    """

    topic: str
    subscription: str
    message_id: str
    attributes: Mapping[str, Mapping[str, Any]] | None


def sns_event(publication: Publication, message: str, subject: str | None) -> dict[str, Any]:
    """The event of one message."""
    sender = f"https://sns.{publication.topic.split(':')[3]}.amazonaws.com/"
    attributes = publication.attributes or {}
    return {
        "Records": [
            {
                "EventVersion": "1.0",
                "EventSubscriptionArn": publication.subscription,
                "EventSource": "aws:sns",
                "Sns": {
                    "SignatureVersion": "1",
                    "Timestamp": iso_8601_datetime_with_milliseconds(),
                    "Signature": "EXAMPLE",
                    "SigningCertUrl": f"{sender}SimpleNotificationService-aiomoto.pem",
                    "MessageId": publication.message_id,
                    "Message": message,
                    "MessageAttributes": {
                        name: {"Type": each["Type"], "Value": _string(each["Value"])}
                        for name, each in attributes.items()
                    },
                    "Type": "Notification",
                    "UnsubscribeUrl": f"{sender}?Action=Unsubscribe&SubscriptionArn={publication.subscription}",
                    "TopicArn": publication.topic,
                    "Subject": subject,
                },
            }
        ]
    }


def _string(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
