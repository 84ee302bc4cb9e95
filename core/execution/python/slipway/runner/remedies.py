"""What to do about an exception, as far as its type tells."""

from __future__ import annotations

from typing import Any

# Import names whose package has another name; for all others the two are the same.
_PACKAGES = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def remedy_for(error: BaseException, frames: list[dict[str, Any]]) -> str:
    user = next((frame for frame in reversed(frames) if frame["isUser"]), None)
    place = f"{user['file']}, line {user['line']}" if user else "the step's code"
    if isinstance(error, ModuleNotFoundError) and error.name:
        first = error.name.split(".", 1)[0]
        package = _PACKAGES.get(first, first)
        return (
            f"Add {package} to the project's requirements and run again; "
            f"if {first} is a module of your own, it must lie in the project folder."
        )
    if isinstance(error, ImportError) and "relative import" in str(error):
        return f"Import helper modules by their name from the project folder (`import helpers`) at {place}."
    if isinstance(error, ImportError):
        package = _PACKAGES.get((error.name or "").split(".", 1)[0], (error.name or "").split(".", 1)[0])
        return f"Check the version of {package or 'the package'} in the project's requirements; see {place}."
    if isinstance(error, SyntaxError):
        return f"Correct the line at {place}."
    if isinstance(error, FileNotFoundError):
        return f"Paths are relative to the project folder. Check the path at {place}."
    if isinstance(error, PermissionError):
        return f"Give your user the right to use {error.filename or 'the file'}, or choose another path at {place}."
    if isinstance(error, UnicodeDecodeError):
        return f'The file is not {error.encoding}. Pass its encoding (for example encoding="latin-1") at {place}.'
    if isinstance(error, MemoryError):
        return "Use less data at once, narrower column types, or raise `memory` of the step in slipway.toml."
    if isinstance(error, RecursionError):
        return f"A function calls itself without end; look at {place}."
    if isinstance(error, SystemExit):
        return f"Return from the function instead of leaving the process; see {place}."
    if isinstance(error, KeyboardInterrupt):
        return "Run it again when you are ready."
    return f"Open {place}; the full traceback is in the step's log."
