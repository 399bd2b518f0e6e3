"""Functions and what they are called with, by the tables of `functions`."""

from __future__ import annotations

from local.salesforce.soql.functions import PARAMETERS, Function, Names, Parameter
from local.salesforce.soql.lexer import TokenType
from local.salesforce.soql.literals import parse_literal, parse_path
from local.salesforce.soql.stream import TokenStream
from local.salesforce.soql.tree import Argument, Call, Number, Operand, Text

_BY_WORD = {function.value.upper(): function for function in Function}


def at_call(stream: TokenStream) -> bool:
    """Whether a name with an opening parenthesis stands here."""
    return stream.current.type is TokenType.NAME and stream.peek().text == "("


def parse_operand(stream: TokenStream, allowed: Names) -> Operand:
    """A field, or one of the functions that this place allows."""
    return parse_call(stream, allowed) if at_call(stream) else parse_path(stream)


def parse_call(stream: TokenStream, allowed: Names) -> Call:
    """A function this place allows; any other is read as a field that cannot have arguments."""
    token = stream.current
    function = _BY_WORD.get(token.upper)
    stream.advance()
    if function is None or function not in allowed:
        stream.refuse()
    stream.expect_symbol("(")
    arguments = _arguments(stream, function)
    stream.expect_symbol(")")
    return Call(function, arguments, token.at)


def _arguments(stream: TokenStream, function: Function) -> tuple[Argument, ...]:
    if function is Function.COUNT and stream.at_symbol(")"):
        return ()
    first, *others = PARAMETERS[function]
    found = [_argument(stream, first)]
    for parameter in others:
        stream.expect_symbol(",")
        found.append(_argument(stream, parameter))
    return tuple(found)


def _argument(stream: TokenStream, parameter: Parameter) -> Argument:
    if parameter.number:
        return _number(stream)
    if parameter.words:
        return _word(stream, parameter)
    return parse_operand(stream, parameter.functions)


def _number(stream: TokenStream) -> Number:
    found = parse_literal(stream) if stream.current.type is TokenType.NUMBER else None
    return found if isinstance(found, Number) else stream.refuse()


def _word(stream: TokenStream, parameter: Parameter) -> Text:
    token = stream.current
    if token.type is not TokenType.STRING or token.text.lower() not in parameter.words:
        stream.refuse()
    stream.advance()
    return Text(token.text, token.pattern, token.at)
