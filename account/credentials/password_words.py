"""Words that passwords are made of first: Russian, Kazakh and English ones, and operators' names.

Lists of leaked passwords know English, and Russian in Latin letters. What people here type first is
kept in their own letters; each word stands for its usual spellings in other letters as well, and
`on_other_layouts` is for what comes out while the keyboard is switched to another language.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

RUSSIAN = """
пароль секрет доступ админ администратор привет здравствуй любовь любимая любимый люблю солнце
солнышко зайка зайчик котик котенок кошка собака тигр медведь волк дракон ангел принцесса красавица
малышка малыш мама мамочка папа семья дети счастье удача надежда мечта победа свобода дружба друг
подруга брат сестра дочь бабушка дедушка родина россия москва казахстан спартак зенит футбол хоккей
музыка весна лето осень зима январь февраль март апрель июнь июль август сентябрь октябрь ноябрь
декабрь понедельник вторник среда четверг пятница суббота воскресенье компания директор бухгалтер
бухгалтерия офис работа деньги телефон компьютер интернет клавиатура начальник менеджер кабинет
номер бизнес александр алексей андрей анна анастасия антон артем валентина валерий василий виктор
виктория виталий владимир владислав галина дарья денис дмитрий евгений екатерина елена иван игорь
ирина кирилл константин кристина ксения лариса людмила максим марина мария михаил наталья наташа
никита николай оксана олег ольга павел петр роман руслан светлана сергей софия станислав татьяна
юлия юрий саша даша маша катя лена таня дима серега
"""
KAZAKH = """
құпиясөз құпия рұқсат әкімші сәлем сәлеметсіз қалайсың рахмет махаббат сүйемін жаным жүрегім күнім
айым гүлім балам анам әкем ажем бауырым қарындасым ағам достық бақыт үміт арман бостандық
тәуелсіздік отан отаным қазақстан қазақ нұрсұлтан астана алматы шымкент қарағанды ақтөбе тараз
павлодар өскемен семей атырау ақтау қостанай көкшетау петропавл орал қызылорда түркістан талдықорған
екібастұз жезқазған байқоңыр барыс бүркіт қыран арыстан жолбарыс тұлпар наурыз қаңтар ақпан көктем
дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі есепші кеңсе жұмыс ақша нөмір айгүл айжан
айнұр әсел әсем алтынай ақмарал аружан балжан бауыржан болат гүлнар гүлмира данияр дархан динара
ержан ерлан еркебұлан жанар жанболат жандос жанна жасұлан мадина мадияр марат мұрат назерке нұрбол
нұргүл нұржан нұрлан олжас самал санжар сәуле серік талғат жұлдыз шолпан ықылас ақбота әлихан
"""
ENGLISH = """
password passphrase passcode secret admin administrator login welcome letmein access master qwerty
kazakhstan almaty astana company business corporate office director account telephone telegram
"""
OPERATORS = (
    *("tele", "altel", "beeline", "kazakhtelecom", "myaccount"),
    *("теле", "алтел", "билайн", "казахтелеком", "қазақтелеком"),
)
"""Operators that everybody knows, without figures, and what the product is called; what ours is
called, its profile knows."""

_CYRILLIC = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя" + "әіңғүұқөһ"
_PLAIN = str.maketrans("әіңғүұқөһё", "аингууконе")
_MIDDLE = ("ch", "sh", "sh", "", "y", "")
_LATIN = (
    ("a b v g d e e zh z i y k l m n o p r s t u f kh ts", "e yu ya", "a i n g u u k o h"),
    ("a b v g d e yo j z i j k l m n o p r s t u f h c", "e u ia", "a i n g u u q o h"),
    ("a b v g d e e zh z i i k l m n o p r s t u f h ts", "e yu ya", "a i n g u u q o h"),
    ("a b v g d e e j z i i k l m n o p r s t u f h ts", "e iu ia", "ä i ñ ğ ü ū q ö h"),
)
"""а to ц, э to я and Kazakh's own: in passports, in chats, in today's and in the new spelling."""
_SPELLINGS = tuple(
    dict(zip(_CYRILLIC, [*first.split(), *_MIDDLE, *end.split(), *own.split()], strict=True))
    for first, end, own in _LATIN
)

_KEYS = "`1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_RUSSIAN_KEYS = "ё1234567890-=йцукенгшщзхъфывапролджэячсмитьбю."
_KAZAKH_KEYS = '("әіңғ,.үұқөһйцукенгшщзхъфывапролджэячсмитьбю№'
_LAYOUTS = tuple(
    str.maketrans(*keys)
    for other in (_RUSSIAN_KEYS, _KAZAKH_KEYS)
    for keys in ((_KEYS, other), (other, _KEYS))
)


@cache
def words() -> frozenset[str]:
    """Everything above in all its spellings, and the words among the passwords of the lists."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    known = {word.casefold() for word in FREQUENCY_LISTS["passwords"]}
    ours = f"{RUSSIAN} {KAZAKH} {ENGLISH}".split()
    return frozenset(
        {word for word in known if word.isalpha() and len(word) > 3}.union(*map(spellings, ours))
    )


def spellings(word: str) -> set[str]:
    """A word of small letters as it is, without the letters that only Kazakh has, and in Latin."""
    latin = {"".join(table.get(letter, letter) for letter in word) for table in _SPELLINGS}
    return {word, word.translate(_PLAIN)} | latin


def on_other_layouts(text: str) -> Iterator[str]:
    """What the same keys give on the Russian, the Kazakh and the English keyboard."""
    for layout in _LAYOUTS:
        yield text.translate(layout)
