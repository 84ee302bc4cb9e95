from slipway import step


@step
def greeting(*, name: str = "world"):
    """The value that a step returns is kept, with everything that led to it."""
    text = f"Hello, {name}!"
    return {"text": text, "letters": sum(character.isalpha() for character in text)}
