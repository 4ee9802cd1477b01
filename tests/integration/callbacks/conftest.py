from tests.support.callbacks.seeds import tenant_id

__all__ = ["tenant_id"]
