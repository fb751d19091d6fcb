"""What can be wrong with a row or a file, in words: why it is rejected, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wanliu.text import Text


@dataclass(frozen=True)
class Fault:
    """``mend`` may hold {allowed}: the values that the column takes."""

    why: Text
    mend: Text


def _fault(why_zh: str, why_en: str, mend_zh: str, mend_en: str) -> Fault:
    return Fault(Text(why_zh, why_en), Text(mend_zh, mend_en))


FAULTS: MappingProxyType[str, Fault] = MappingProxyType(
    {
        "bytes": _fault(
            "文件中有无法解码的字节，整个文件不可用",
            "the file has bytes that cannot be decoded, so none of it is used",
            "请以 UTF-8 或 GB18030 重新导出该文件",
            "export the file again in UTF-8 or GB18030",
        ),
        "archive": _fault(
            "压缩文件已损坏，整个文件不可用",
            "the compressed file is damaged, so none of it is used",
            "请重新压缩或重新传输该文件",
            "compress or transfer the file again",
        ),
        "parquet": _fault(
            "Parquet 文件读不出来，整个文件不可用",
            "the Parquet file cannot be read, so none of it is used",
            "请重新导出或重新传输该文件",
            "export or transfer the file again",
        ),
        "no_header": _fault(
            "文件为空，没有表头",
            "the file is empty and has no header line",
            "请重新导出；确实无数据时也要保留表头行",
            "export it again; where there is no data, keep the header line",
        ),
        "column": _fault(
            "缺少必需的列，整个文件不可用",
            "a mandatory column is missing, so none of the file is used",
            "请补上该列；若列名不同，在映射文件的 headers 或 columns 中写明；若对方没有，写入 absent",
            "add the column; if it has another name, tell it in the mapping under headers or columns; "
            "if the sender has no such data, under absent",
        ),
        "header_twice": _fault(
            "表头中该列出现两次，不知以哪一列为准，整个文件不可用",
            "the column stands in the header twice, so none of the file is used",
            "请删去多余的一列，或给它另起列名",
            "remove one of the two columns, or rename it",
        ),
        "fields": _fault(
            "该行的字段数与表头不符",
            "the line has not as many fields as the header",
            "请检查多余或缺少的分隔符；含分隔符的内容须加引号",
            "look for a separator too many or too few; text that holds the separator must be quoted",
        ),
        "quote": _fault(
            "引号不成对",
            "a quote is opened and not closed, or closed in the wrong place",
            "请补上或删去引号；内容中的引号须写成两个",
            "add or remove the quote; a quote inside a text is written twice",
        ),
        "too_long": _fault(
            "该行过长",
            "the line is too long",
            "请检查是否缺少换行",
            "look for missing line ends",
        ),
        "nul": _fault(
            "该行含有 NUL 字节",
            "the line holds NUL bytes",
            "文件在导出或传输中受损，请重新导出",
            "the file was damaged on its way; export it again",
        ),
        "empty": _fault(
            "必填项为空",
            "a mandatory value is empty",
            "请填写该值",
            "fill in the value",
        ),
        "date": _fault(
            "不是日期",
            "this is not a date",
            "请写成 2009-10-31 或 20091031",
            "write it as 2009-10-31 or 20091031",
        ),
        "number": _fault(
            "不是数字",
            "this is not a number",
            "请写成 1234.56",
            "write it as 1234.56",
        ),
        "rate": _fault(
            "不是比率，或不小于 1（疑似漏了 ‱ 或 %）",
            "this is not a rate, or is 1 or more (was ‱ or % lost?)",
            "请写成 0.0003、0.03%、3‱ 或 万3；整列单位不同时，在映射中用 divided_by",
            "write it as 0.0003, 0.03%, 3‱ or 万3; if the whole "
            "column has another unit, use divided_by in the mapping",
        ),
        "digits": _fault(
            "号码被表格软件改成科学计数，末几位已丢失",
            "a spreadsheet has turned the number into 1.23E+11 and its last digits are lost",
            "请从源系统重新导出，并在表格软件中把该列设为文本",
            "export it again from its source, with the column formatted as text",
        ),
        "code": _fault(
            "代码未知",
            "the code is unknown",
            "可用的值：{allowed}；其他写法请在映射文件的 codes 中写明",
            "known are: {allowed}; tell other words in the mapping under codes",
        ),
        "negative": _fault(
            "不能为负数",
            "this cannot be negative",
            "请核对该值；若以正负号表示方向，在映射中用 signed_amount",
            "check the value; if its sign tells the direction, use signed_amount in the mapping",
        ),
        "range": _fault(
            "超出范围",
            "this is out of range",
            "应在 {allowed} 之间",
            "it must lie in {allowed}",
        ),
        "duplicate": _fault(
            "主键重复且内容不同，不知以哪一行为准，各行均不用",
            "the key is there more than once with different content; none of these rows is used",
            "请只保留正确的一行",
            "keep the row that is right",
        ),
        "repeated": _fault(
            "与前面的一行完全相同，只用第一行",
            "the row repeats an earlier one; the first is used",
            "请删去重复的行",
            "remove the repetition",
        ),
        "fills": _fault(
            "同一委托号的各笔成交，账号、方向、证券或类别不一致，无法合并为一笔委托，各行均不用",
            "the fills of one order number differ in account, side, security or kind; none of them is used",
            "请核对委托号；若不同委托共用一个号码，在映射中用 joined 拼上能区分的列",
            "check the order number; if several orders share one, tell them apart in the mapping with joined",
        ),
        "orphan": _fault(
            "客户表中没有该客户（或其客户表行已被剔除）",
            "the client is not in the table clients (or its row there is rejected)",
            "请在客户表中补上该客户；若是前导零丢失，在映射中写 width",
            "add the client to clients; if leading zeros were lost, tell the width in the mapping",
        ),
        "order": _fault(
            "销户日期早于开户日期",
            "the account was closed before it was opened",
            "请核对两个日期",
            "check both dates",
        ),
        "closing_day": _fault(
            "状态为销户，但没有销户日期",
            "the account is closed, but the day is not told",
            "请填写销户日期",
            "fill in the day on which it was closed",
        ),
        "reversal": _fault(
            "冲账行找不到被冲的原流水",
            "the row reverses another one that cannot be found",
            "请补齐原流水，或在 reverses 列写明其流水号",
            "deliver the row that it reverses, or tell its number in the column reverses",
        ),
    }
)
