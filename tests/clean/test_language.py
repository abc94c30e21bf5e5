"""Languages told from sentences of our own, and what must never be taken for English."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.clean.language import identify

# One statement, in the words of many papers: the government says the dam is safe.
SENTENCES = {
    "de": (
        "Die Regierung teilte am Montag mit, dass der Damm sicher sei und dass niemand die Stadt verlassen "
        "müsse. Der Minister sagte, die Messungen seien in Ordnung. Was in der Nacht geschah, ist noch unklar."
    ),
    "fr": (
        "Le gouvernement a annoncé lundi que le barrage était sûr et que personne ne devait quitter la ville. Le "
        "ministre a dit que les mesures étaient bonnes."
    ),
    "es": (
        "El gobierno anunció el lunes que la presa es segura y que nadie tiene que abandonar la ciudad. El "
        "ministro dijo que las mediciones son correctas."
    ),
    "it": (
        "Il governo ha annunciato lunedì che la diga è sicura e che nessuno deve lasciare la città. Il ministro "
        "ha detto che le misure sono a posto."
    ),
    "pt": (
        "O governo anunciou na segunda-feira que a barragem é segura e que ninguém precisa de deixar a cidade. O "
        "ministro disse que as medições estão certas."
    ),
    "nl": (
        "De regering maakte maandag bekend dat de dam veilig is en dat niemand de stad hoeft te verlaten. "
        "Volgens de minister is er niets aan de hand of het moet in de nacht zijn gebeurd."
    ),
    "af": (
        "Die regering het Maandag gesê dat die dam veilig is en dat niemand die stad hoef te verlaat nie. Hy was "
        "by die dam en het met die mense gepraat."
    ),
    "fy": (
        "De regearing hat moandei bekend makke dat de dam feilich is en dat nimmen de stêd hoecht te ferlitten. "
        "It is neffens de minister allegear yn oarder."
    ),
    "da": (
        "Regeringen meddelte mandag, at dæmningen er sikker, og at ingen skal forlade byen. Ministeren sagde, at "
        "målingerne er i orden."
    ),
    "sv": (
        "Regeringen meddelade på måndagen att dammen är säker och att ingen behöver lämna staden. Ministern sade "
        "att mätningarna var bra."
    ),
    "no": (
        "Regjeringen opplyste mandag at demningen er trygg, og at ingen trenger å forlate byen. Ministeren sa at "
        "målingene er i orden."
    ),
    "fi": (
        "Hallitus ilmoitti maanantaina, että pato on turvallinen eikä kenenkään tarvitse lähteä kaupungista. "
        "Ministerin mukaan mittaukset ovat kunnossa."
    ),
    "et": (
        "Valitsus teatas esmaspäeval, et tamm on ohutu ja keegi ei pea linnast lahkuma. Ministri sõnul on "
        "mõõtmised korras."
    ),
    "pl": (
        "Rząd poinformował w poniedziałek, że zapora jest bezpieczna i nikt nie musi opuszczać miasta. Minister "
        "powiedział, że pomiary są w porządku."
    ),
    "cs": (
        "Vláda v pondělí oznámila, že přehrada je bezpečná a nikdo nemusí opustit město. Ministr řekl, že měření "
        "jsou v pořádku."
    ),
    "hu": (
        "A kormány hétfőn közölte, hogy a gát biztonságos, és senkinek sem kell elhagynia a várost. A miniszter "
        "szerint a mérések rendben vannak."
    ),
    "ro": (
        "Guvernul a anunțat luni că barajul este sigur și că nimeni nu trebuie să părăsească orașul. Ministrul a "
        "spus că măsurătorile sunt bune."
    ),
    "tr": (
        "Hükümet pazartesi günü barajın güvenli olduğunu ve kimsenin şehri terk etmesine gerek olmadığını "
        "açıkladı. Bakan ölçümlerin iyi olduğunu söyledi."
    ),
    "ru": (
        "Правительство сообщило в понедельник, что плотина безопасна и никому не нужно покидать город. Министр "
        "сказал, что измерения в порядке."
    ),
    "uk": (
        "Уряд повідомив у понеділок, що гребля безпечна і нікому не потрібно залишати місто. Міністр сказав, що "
        "вимірювання в нормі."
    ),
    "el": (
        "Η κυβέρνηση ανακοίνωσε τη Δευτέρα ότι το φράγμα είναι ασφαλές και ότι κανείς δεν χρειάζεται να φύγει "
        "από την πόλη."
    ),
    "ar": ("أعلنت الحكومة يوم الاثنين أن السد آمن وأن أحدا لا يحتاج إلى مغادرة المدينة. وقال الوزير إن القياسات جيدة."),
    "he": "הממשלה הודיעה ביום שני כי הסכר בטוח ואין צורך שאיש יעזוב את העיר. השר אמר שהמדידות תקינות.",
    "fa": (
        "دولت روز دوشنبه اعلام کرد که سد ایمن است و هیچ کس نیازی به ترک شهر ندارد. وزیر گفت اندازه گیری ها خوب است."
    ),
    "hi": ("सरकार ने सोमवार को कहा कि बांध सुरक्षित है और किसी को भी शहर छोड़ने की जरूरत नहीं है। मंत्री ने कहा कि माप ठीक हैं।"),
    "zh": "政府周一宣布大坝是安全的，任何人都不需要离开城市。部长说测量结果正常。",
    "ja": "政府は月曜日、ダムは安全であり、誰も街を離れる必要はないと発表した。大臣は測定値に問題はないと述べた。",
    "ko": "정부는 월요일 댐이 안전하며 아무도 도시를 떠날 필요가 없다고 발표했다. 장관은 결과가 정상이라고 말했다.",
    "vi": (
        "Chính phủ thông báo hôm thứ Hai rằng con đập an toàn và không ai phải rời khỏi thành phố. Bộ trưởng nói "
        "rằng các phép đo đều tốt."
    ),
    "id": (
        "Pemerintah mengumumkan pada hari Senin bahwa bendungan itu aman dan tidak ada yang perlu meninggalkan "
        "kota. Menteri mengatakan hasil pengukuran baik."
    ),
    "sw": (
        "Serikali ilitangaza Jumatatu kwamba bwawa ni salama na kwamba hakuna mtu anayehitaji kuondoka mjini. "
        "Waziri alisema vipimo viko sawa."
    ),
    "cy": (
        "Cyhoeddodd y llywodraeth ddydd Llun fod yr argae yn ddiogel ac nad oes angen i neb adael y ddinas. "
        "Dywedodd y gweinidog fod y mesuriadau yn iawn."
    ),
    "ga": (
        "D'fhógair an rialtas Dé Luain go bhfuil an damba sábháilte agus nach gá d'aon duine an chathair a "
        "fhágáil. Dúirt an tAire go bhfuil na tomhais ceart."
    ),
    "la": (
        "Magistratus die Lunae nuntiaverunt aggerem tutum esse neque cuiquam ex urbe discedendum. Legatus dixit "
        "omnia recte mensa esse."
    ),
    "ca": (
        "El govern va anunciar dilluns que la presa és segura i que ningú no ha d'abandonar la ciutat. El "
        "ministre va dir que les mesures són correctes."
    ),
    "eu": (
        "Gobernuak astelehenean jakinarazi zuen presa segurua dela eta inork ez duela hiria utzi behar. "
        "Ministroak esan zuen neurketak ondo daudela."
    ),
    "sq": (
        "Qeveria njoftoi të hënën se diga është e sigurt dhe se askush nuk duhet të largohet nga qyteti. "
        "Ministri tha se matjet janë në rregull."
    ),
    "hr": (
        "Vlada je u ponedjeljak objavila da je brana sigurna i da nitko ne mora napustiti grad. Ministar je "
        "rekao da su mjerenja u redu."
    ),
    "tl": (
        "Inihayag ng pamahalaan noong Lunes na ligtas ang dam at walang sinuman ang kailangang umalis sa "
        "lungsod. Sinabi ng ministro na maayos ang mga sukat."
    ),
    "eo": (
        "La registaro anoncis lunde, ke la digo estas sekura kaj ke neniu devas forlasi la urbon. La ministro "
        "diris, ke la mezuroj estas en ordo."
    ),
    "pcm": (
        "Di goment don tok for Monday sey di dam dey safe and sey nobody need comot for di city. Di minister tok "
        "sey everytin wey dem check dey okay."
    ),
    "en": (
        "The government announced on Monday that the dam is safe and that nobody has to leave the city. The "
        "minister said the measurements were in order."
    ),
}
OTHERS = sorted(SENTENCES.keys() - {"en"})


@pytest.mark.parametrize("language", sorted(SENTENCES))
@pytest.mark.parametrize("times", [1, 40])
def test_the_language_of_a_short_and_of_a_long_text(language: str, times: int) -> None:
    found = identify("\n\n".join([SENTENCES[language]] * times))
    assert found.value == language
    assert found.inferred


@pytest.mark.parametrize("language", OTHERS)
def test_the_quick_way_answers_for_english_only(language: str) -> None:
    assert identify(SENTENCES["en"]).where == "function words"
    assert identify(SENTENCES[language]).where == "py3langid"


@pytest.mark.parametrize("language", OTHERS)
def test_an_english_notice_above_and_a_quoted_title_do_not_make_a_page_english(language: str) -> None:
    notice = "We and our partners use cookies to make this site better. Accept all or manage your choices.\n\n"
    title = "«The Wall of Oru: what the engineers said and when they said it»\n\n"
    assert identify(notice + "\n\n".join([SENTENCES[language]] * 8) + title).value == language


@pytest.mark.parametrize("language", ["de", "fr", "ru", "zh", "ar"])
def test_the_majority_decides(language: str) -> None:
    mostly_english = SENTENCES[language] + "\n" + "\n".join([SENTENCES["en"]] * 5)
    mostly_other = SENTENCES["en"] + "\n" + "\n".join([SENTENCES[language]] * 5)
    assert identify(mostly_english).value == "en"
    assert identify(mostly_other).value == language


@pytest.mark.parametrize("text", ["", " \n", "…", "Oru", "PM denies claims", "12 345 " * 200, "👍" * 50, "\ud800"])
def test_too_little_text_is_undetermined(text: str) -> None:
    assert identify(text).value == "und"


@pytest.mark.parametrize(
    "headline", ["Minister says dam at Oru is safe to live below", "DAM IS SAFE, SAYS THE MINISTER OF WATERS"]
)
def test_a_headline_is_enough(headline: str) -> None:
    assert identify(headline).value == "en"


def test_a_very_long_text_costs_no_more() -> None:
    assert identify(SENTENCES["en"] * 20_000).where == "function words"


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    assert 2 <= len(identify(text).value) <= 3


def test_english_does_not_load_the_model() -> None:
    code = "import sys; from onrecord.clean import language; language.identify(sys.argv[1]); print(*sys.modules)"
    command = [sys.executable, "-c", code, SENTENCES["en"]]
    assert "py3langid" not in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
