"""What Litestar's OpenAPI schemas get wrong by themselves."""

from typing import TYPE_CHECKING

from litestar.openapi.spec import Schema
from litestar.params import KwargDefinition
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator


class TuplePlugin(OpenAPISchemaPlugin):
    """`tuple[X, ...]` with a bound on its length is an array of X: Litestar takes the dots for a second kind."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Whether it is a tuple of any length."""
        kinds = field_definition.inner_types
        return field_definition.origin is tuple and any(kind.annotation is Ellipsis for kind in kinds)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: "SchemaCreator") -> Schema:
        """An array with the bounds of the field."""
        schema = schema_creator.for_object_type(field_definition)
        bounds = field_definition.kwarg_definition
        if isinstance(bounds, KwargDefinition):
            schema.min_items, schema.max_items = bounds.min_items, bounds.max_items
        return schema
