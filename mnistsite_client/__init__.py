"""A typed client of mnistsite's REST API. It needs Python 3.11 and nothing else.

```python
from mnistsite_client import Client

client = Client("https://digits.example", key)
print(client.predict("7.png").label)
for name, outcome in client.predict_many(["1.png", "2.png"]):
    print(name, outcome)
```

From a shell: `python -m mnistsite_client IMAGE...`. To use it elsewhere, copy this folder.
"""

from mnistsite_client.answers import Prediction, Refusal
from mnistsite_client.client import Client
from mnistsite_client.errors import APIError, ClientError, NotReached

__all__ = ["APIError", "Client", "ClientError", "NotReached", "Prediction", "Refusal"]
