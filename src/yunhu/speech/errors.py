"""What can go wrong in the speech room, as classes with a stable id, both languages, and details."""

from yunhu.foundation.errors import YunhuError


class SpeechError(YunhuError):
    """Root of the room's expected errors.

    `details` never holds the value of a slot: it may be a person's name or number.
    """

    id = "speech.failed"
    status = 500
    title = "Speech processing failed"
    title_zh = "语音处理失败"

    def __init__(self, **details: str | int) -> None:
        super().__init__(", ".join(f"{name}: {value}" for name, value in details.items()), **details)


class ModelDamagedError(SpeechError):
    """The parts of a model do not join to the bytes that were published. Details: `model`, `reason`."""

    id = "speech.model_damaged"
    title = "The files of a speech model are missing or damaged; reinstall its packages"
    title_zh = "语音模型文件缺失或校验不符，请重新安装其软件包"


class UnknownVoiceError(SpeechError):
    """No voice of that name is shipped. Details: `voice`."""

    id = "speech.voice_unknown"
    status = 422
    title = "There is no voice of that name"
    title_zh = "没有该名称的音色"


class NothingToSayError(SpeechError):
    """The words hold nothing that can be pronounced."""

    id = "speech.nothing_to_say"
    status = 422
    title = "The text holds nothing that can be pronounced"
    title_zh = "文本中没有可以朗读的内容"


class RecognizerMissingError(SpeechError):
    """The optional packages for speech recognition are not installed. Details: `install`."""

    id = "speech.recognizer_missing"
    status = 501
    title = "Speech recognition is not installed; install the extra 'asr'"
    title_zh = "未安装语音识别组件，请安装可选依赖 asr"


class RecordingInvalidError(SpeechError):
    """A recorded prompt or its manifest cannot be used. Details: `file`, `reason`."""

    id = "speech.recording_invalid"
    status = 422
    title = "A recorded prompt cannot be used"
    title_zh = "录音提示音不可用"
