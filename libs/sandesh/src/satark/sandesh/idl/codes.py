"""What can be wrong with a program: one code for one kind of mistake."""

from enum import StrEnum


class Severity(StrEnum):
    """Whether a program with this problem can still be used."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """The kinds of mistake. Those marked (w) are warnings."""

    # Files and characters.
    UNREADABLE_FILE = "unreadable-file"
    TOO_LARGE = "too-large"
    NOT_UTF8 = "not-utf-8"  # (w) in a comment
    BYTE_ORDER_MARK = "byte-order-mark"
    NUL_CHARACTER = "nul-character"
    STRANGE_CHARACTER = "strange-character"
    OPEN_STRING = "open-string"
    OPEN_COMMENT = "open-comment"
    BAD_ESCAPE = "bad-escape"
    NUMBER_TOO_BIG = "number-too-big"
    RESERVED_WORD = "reserved-word"
    # Syntax.
    SYNTAX = "syntax"
    TOO_DEEP = "too-deep"
    HEADER_AFTER_DEFINITION = "header-after-definition"
    TOO_MANY_ERRORS = "too-many-errors"
    # Headers.
    MISSING_INCLUDE = "missing-include"
    INCLUDE_CYCLE = "include-cycle"
    AMBIGUOUS_INCLUDE = "ambiguous-include"
    REPEATED_INCLUDE = "repeated-include"  # (w)
    TOO_MANY_FILES = "too-many-files"
    OLD_HEADER = "old-header"  # (w)
    REPEATED_NAMESPACE = "repeated-namespace"  # (w)
    # Names and ids.
    DUPLICATE_NAME = "duplicate-name"
    DUPLICATE_FIELD = "duplicate-field"
    DUPLICATE_MEMBER = "duplicate-member"
    DUPLICATE_ID = "duplicate-id"
    DOTTED_NAME = "dotted-name"
    PYTHON_KEYWORD = "python-keyword"  # (w)
    ID_OUT_OF_RANGE = "id-out-of-range"
    NONPOSITIVE_ID = "nonpositive-id"  # (w) unless strict
    IMPLICIT_ID = "implicit-id"  # (w) unless strict
    # Types.
    UNKNOWN_TYPE = "unknown-type"
    USED_BEFORE_DEFINITION = "used-before-definition"
    SELF_REFERENCE = "self-reference"
    NOT_A_TYPE = "not-a-type"
    TYPE_TOO_LARGE = "type-too-large"
    MAP_KEY = "map-key"  # (w)
    UNKNOWN_SERVICE = "unknown-service"
    # Messages.
    OPTIONAL_IN_MESSAGE = "optional-in-message"
    TEXT_IN_REQUEST = "text-in-request"
    DATA_MISSING = "data-missing"
    DATA_NAME = "data-name"
    DATA_NOT_STRUCT = "data-not-struct"
    DATA_NOT_ALONE = "data-not-alone"  # (w) in a dynamicuve
    UVE_WITHOUT_NAME = "uve-without-name"
    UVE_WITHOUT_KEY = "uve-without-key"
    UVE_WITHOUT_DELETED = "uve-without-deleted"
    UVE_WITHOUT_ELEMENTS = "uve-without-elements"  # (w)
    UVE_FIELD_TYPE = "uve-field-type"
    DELETED_NOT_OPTIONAL = "deleted-not-optional"  # (w)
    # Constants, default values, members of enums.
    VALUE_TYPE = "value-type"
    VALUE_RANGE = "value-range"
    VALUE_FORMAT = "value-format"
    VALUE_UNKNOWN_NAME = "value-unknown-name"
    VALUE_UNQUALIFIED = "value-unqualified"
    VALUE_UNKNOWN_FIELD = "value-unknown-field"
    VALUE_REPEATED = "value-repeated"  # (w)
    VALUE_NOT_MEMBER = "value-not-member"
    VALUE_FORBIDDEN = "value-forbidden"
    VALUE_TOO_LARGE = "value-too-large"
    VALUE_64_BIT = "value-64-bit"  # (w)
    ENUM_RANGE = "enum-range"
    ENUM_NEGATIVE = "enum-negative"  # (w)
    # Annotations.
    ANNOTATION_VALUE = "annotation-value"
    ANNOTATION_PLACE = "annotation-place"
    ANNOTATION_UNKNOWN = "annotation-unknown"  # (w)
    ANNOTATION_RESERVED = "annotation-reserved"
    ANNOTATION_REPEATED = "annotation-repeated"  # (w)
    TAG_UNKNOWN = "tag-unknown"  # (w)
    STATISTIC_SYNTAX = "statistic-syntax"
    STATISTIC_SOURCE = "statistic-source"
    STATISTIC_ALGORITHM = "statistic-algorithm"
