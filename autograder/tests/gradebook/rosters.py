"""Rosters in the forms of many systems, with names in many scripts, and who is in each.

Each file is written here as its system writes it: titles, quotes, delimiter, encoding. The titles
are spelled out once more, and not taken from the code that reads them.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.gradebook.keys import Key, KeyKind


@dataclass(frozen=True)
class Person:
    """Somebody of the class, with what the systems know of them."""

    first: str
    last: str
    username: str
    number: int

    @property
    def email(self) -> str:
        """The address, in upper and lower case as people type it."""
        return f"{self.username.capitalize()}@uni.example"

    @property
    def full(self) -> str:
        """The full name."""
        return f"{self.first} {self.last}"

    @property
    def idnumber(self) -> str:
        """The number of the student card, with zeros in front."""
        return f"00{self.number}"


CLASS = (
    Person("Ada", "Lovelace", "adal", 4711),
    Person("Jürgen", "Müller-Groß", "jmueller", 4712),
    Person("José Ángel", "López García", "jlopez", 4713),
    Person("Conor", "O'Brien", "cobrien", 4714),
    Person("Анна", "Иванова", "aivanova", 4715),
    Person("Ελένη", "Παπαδοπούλου", "epapa", 4716),
    Person("小明", "王", "wxm", 4717),
    Person("길동", "홍", "hgd", 4718),
    Person("فاطمة", "الزهراء", "fzahra", 4719),
    Person("अनिका", "शर्मा", "asharma", 4720),
)

Kinds = Mapping[KeyKind, Callable[[Person], str]]


@dataclass(frozen=True)
class RosterCase:
    """A roster's file, and what must be read from it."""

    name: str
    content: bytes
    students: Sequence[tuple[str, frozenset[Key]]]
    """The id of each student, in the order of the file, and keys that each must have."""


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    delimiter: str = ",",
    line_end: str = "\r\n",
    quoted: bool = False,
) -> str:
    """Write a table as text."""
    file = io.StringIO()
    csv.writer(
        file,
        delimiter=delimiter,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL,
    ).writerows([header, *rows])
    return file.getvalue()


KNOWN: Kinds = {
    KeyKind.EMAIL: lambda person: person.email,
    KeyKind.NAME: lambda person: f"{person.last}, {person.first}",
    KeyKind.USERNAME: lambda person: person.username,
    KeyKind.LOGIN: lambda person: f"gh-{person.username}",
    KeyKind.GITHUB_ID: lambda person: str(90_000_000 + person.number),
    KeyKind.ID_NUMBER: lambda person: person.idnumber,
    KeyKind.SIS_ID: lambda person: person.idnumber,
    KeyKind.CANVAS_ID: lambda person: str(100 + person.number),
    KeyKind.MOODLE_PARTICIPANT: lambda person: str(650_000 + person.number),
}
"""What each kind of key is for a person."""


def case(
    name: str,
    text: str,
    student: Callable[[Person], str],
    *kinds: KeyKind,
    encoding: str = "utf-8-sig",
) -> RosterCase:
    """Return a case whose students are the whole class, with keys of these kinds."""
    students = [
        (student(person), frozenset(Key.of(kind, KNOWN[kind](person)) for kind in kinds))
        for person in CLASS
    ]
    return RosterCase(name, text.encode(encoding), students)


@dataclass(frozen=True)
class MoodleLanguage:
    """Words of one of Moodle's languages."""

    first: str
    last: str
    full: str
    email: str
    id_number: str
    username: str
    groups: str
    institution: str
    worksheet: tuple[str, str, str, str]
    """Three titles, and what stands before a participant's number: `Participant `."""
    roles: tuple[str, str, str]
    """`Roles`, a student's role, and that of a teacher."""


MOODLE = {
    "en": MoodleLanguage(
        *("First name", "Last name", "Full name", "Email address", "ID number", "Username"),
        *("Groups", "Institution"),
        ("Identifier", "Status", "Grade can be changed", "Participant "),
        ("Roles", "Student", "Non-editing teacher"),
    ),
    "en, 3.9": MoodleLanguage(
        *("First name", "Surname", "Full name", "Email address", "ID number", "Username"),
        *("Groups", "Institution"),
        ("Identifier", "Status", "Grade can be changed", "Participant "),
        ("Roles", "Student", "Teacher"),
    ),
    "de": MoodleLanguage(
        *("Vorname", "Nachname", "Vollständiger Name", "E-Mail-Adresse", "ID-Nummer"),
        *("Anmeldename", "Gruppen", "Institution"),
        ("ID", "Status", "Bewertung kann geändert werden", "Teilnehmer/in"),
        ("Rollen", "Teilnehmer/in", "Trainer/in ohne Bearbeitungsrecht"),
    ),
    "es": MoodleLanguage(
        *("Nombre", "Apellido(s)", "Nombre completo", "Dirección de correo", "Número de ID"),
        *("Nombre de usuario", "Grupos", "Institución"),
        ("Identificador", "Estado", "La calificación puede ser cambiada", "Participante "),
        ("Roles", "Estudiante", "Profesor sin permiso de edición"),
    ),
    "fr": MoodleLanguage(
        *("Prénom", "Nom de famille", "Nom complet", "Adresse de courriel"),
        *("Numéro d\u2019identification", "Nom d\u2019utilisateur", "Groupes", "Institution"),
        ("Identifiant", "Statut", "La note peut être modifiée", "Participant "),
        ("Rôles", "Étudiant", "Enseignant non éditeur"),
    ),
    "it": MoodleLanguage(
        *("Nome", "Cognome", "Nome", "Indirizzo email", "Codice identificativo", "Username"),
        *("Gruppi", "Istituzione"),
        ("Identificativo", "Stato", "La valutazione può essere cambiata", "Partecipante "),
        ("Ruoli", "Studente", "Docente non editor"),
    ),
    "pt": MoodleLanguage(
        *("Nome", "Apelido", "Nome completo", "E-mail", "Número de identificação (ID)"),
        *("Nome de utilizador", "Grupos", "Instituição"),
        ("Número de identificação", "Estado", "A nota pode ser alterada.", "Participante "),
        ("Papéis atribuídos", "Aluno", "Professor não editor"),
    ),
    "pt_br": MoodleLanguage(
        *("Nome", "Sobrenome", "Nome completo", "Endereço de email", "Número de identificação"),
        *("Nome de usuário", "Grupos", "Instituição"),
        ("Identificador", "Status", "Nota pode ser alterada", "Participante "),
        ("Funções", "Estudante", "Professor"),
    ),
    "ca": MoodleLanguage(
        *("Nom", "Cognoms", "Nom complet", "Adreça electrònica", "Número ID", "Nom d'usuari"),
        *("Grups", "Institució"),
        ("Identificador", "Estat", "Es pot canviar la qualificació", "Participant "),
        ("Rols", "Estudiant", "Professor no editor"),
    ),
    "nl": MoodleLanguage(
        *("Voornaam", "Achternaam", "Volledige naam", "E-mailadres", "Nummer (ID)"),
        *("Gebruikersnaam", "Groepen", "Instituut"),
        ("Identificatie", "Status", "Het cijfer kan gewijzigd worden", "Deelnemer "),
        ("Rollen", "Leerling", "Leraar zonder bewerken"),
    ),
    "sv": MoodleLanguage(
        *("Förnamn", "Efternamn", "Fullständigt namn", "E-postadress", "ID nummer"),
        *("Användarnamn", "Grupper", "Institution"),
        ("Identifierare", "Status", "Betyg kan ändras", "Deltagare"),
        ("Roller", "Student", "Icke-redigerande lärare"),
    ),
    "pl": MoodleLanguage(
        *("Imię", "Nazwisko", "Pełna nazwa", "Adres e-mail", "Numer ID", "Nazwa użytkownika"),
        *("Grupy", "Instytucja"),
        ("Identyfikator", "Status", "Ocena może być zmieniona", "Uczestnik "),
        ("Role", "Student", "Prowadzący"),
    ),
    "ru": MoodleLanguage(
        *("Имя", "Фамилия", "Полное имя", "Адрес электронной почты", "Индивидуальный номер"),
        *("Логин", "Группы", "Учреждение (организация)"),
        ("Идентификатор", "Статус", "Оценка может быть изменена", "Участник "),
        ("Роли", "Студент", "Ассистент (без права редактирования)"),
    ),
    "zh_cn": MoodleLanguage(
        *("名", "姓", "全名", "电子邮件地址", "学号", "用户名", "小组", "机构"),
        ("标识符", "状态", "允许更改成绩", "参与人"),
        ("角色", "学生", "无编辑权教师"),
    ),
    "ja": MoodleLanguage(
        *("名", "姓", "フルネーム", "メールアドレス", "IDナンバ", "ユーザ名", "グループ"),
        "所属組織",
        ("ID", "ステータス", "評点変更可", "参加者"),
        ("ロール", "学生", "編集権限のない教師"),
    ),
}


def moodle_cases() -> Iterator[RosterCase]:
    """Yield the files of Moodle, in each of its languages."""
    participant = KNOWN[KeyKind.MOODLE_PARTICIPANT]
    for code, words in MOODLE.items():
        identifier, status, changeable, called = words.worksheet
        yield case(
            f"Moodle's grading worksheet, {code}",
            table(
                [identifier, words.full, words.email, status, "?", changeable, "??"],
                [
                    [called + participant(person), person.full, person.email, "-", "", "x", "-"]
                    for person in CLASS
                ],
                line_end="\n",
            ),
            lambda person: person.email,
            *(KeyKind.MOODLE_PARTICIPANT, KeyKind.EMAIL, KeyKind.NAME),
        )
        yield case(
            f"Moodle's gradebook, {code}",
            table(
                [
                    words.first,
                    words.last,
                    words.id_number,
                    words.institution,
                    words.email,
                    "M6 (1)",
                ],
                [
                    [person.first, person.last, person.idnumber, "", person.email, "9,5"]
                    for person in CLASS
                ],
                line_end="\n",
            ),
            lambda person: person.email,
            *(KeyKind.ID_NUMBER, KeyKind.EMAIL, KeyKind.NAME),
            encoding="utf-8",
        )
        roles, student, teacher = words.roles
        yield case(
            f"Moodle's participants, {code}",
            table(
                [words.first, words.last, words.username, words.email, roles, words.groups],
                [
                    ["T", "T", "teacher", "t@uni.example", teacher, ""],
                    *(
                        [person.first, person.last, person.username, person.email, student, "A, B"]
                        for person in CLASS
                    ),
                ],
                quoted=True,
            ),
            lambda person: person.username,
            *(KeyKind.USERNAME, KeyKind.EMAIL, KeyKind.NAME),
        )
    yield case(
        "Moodle's grading worksheet, blind marking",
        table(
            ["Identifier", "Status", "Grade", "Grade can be changed"],
            [[f"Participant {participant(person)}", "-", "", "Yes"] for person in CLASS],
        ),
        participant,
        KeyKind.MOODLE_PARTICIPANT,
    )
    yield case(
        "Moodle's grading worksheet, shortened by hand",
        table(
            ["ID", "Vollständiger Name", "Anmeldename"],
            [
                [f"Teilnehmer/in{participant(person)}", person.full, person.username]
                for person in CLASS
            ],
            delimiter=";",
        ),
        lambda person: person.username,
        *(KeyKind.MOODLE_PARTICIPANT, KeyKind.USERNAME, KeyKind.NAME),
    )


def lms_cases() -> Iterator[RosterCase]:
    """Yield the files of the other learning management systems."""
    canvas = KNOWN[KeyKind.CANVAS_ID]
    canvas_header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "M6 (1)"]
    canvas_rows = [
        [
            f"{person.last}, {person.first}",
            canvas(person),
            person.idnumber,
            person.username,
            "A",
            "",
        ]
        for person in CLASS
    ]
    in_canvas = (KeyKind.CANVAS_ID, KeyKind.SIS_ID, KeyKind.USERNAME, KeyKind.NAME)
    points = ["    Points Possible", "", "", "", "", "30.00"]
    tester = ["Student, Test", "9999", "", "b7e23ec29af22b0b4e41da31e868d57226121c84", "A", ""]
    yield case(
        "Canvas",
        table(canvas_header, [points, *canvas_rows, tester]),
        lambda person: person.username,
        *in_canvas,
    )
    yield case(
        "Canvas, with posting by hand and semicolons",
        table(
            canvas_header,
            [["", "", "", "", "", "Manual Posting"], points, *canvas_rows, tester],
            delimiter=";",
        ),
        lambda person: person.username,
        *in_canvas,
    )
    yield case(
        "Canvas, without the numbers of the student information system",
        table(
            ["Student", "ID", "Section", "M6 (1)"],
            [[row[0], row[1], row[4], row[5]] for row in [points, *canvas_rows, tester]],
        ),
        canvas,
        *(KeyKind.CANVAS_ID, KeyKind.NAME),
    )
    yield case(
        "Canvas, with a column of logins",
        table(
            [*canvas_header[:5], "GitHub", "M6 (1)"],
            [
                [*row[:5], f"gh-{person.username}", ""]
                for row, person in zip(canvas_rows, CLASS, strict=True)
            ],
        ),
        lambda person: f"gh-{person.username}",
        *(KeyKind.LOGIN, *in_canvas),
    )
    yield case(
        "Brightspace",
        table(
            [
                *("OrgDefinedId", "Username", "Last Name", "First Name", "Email"),
                *("M6 Points Grade <Numeric MaxPoints:10>", "End-of-Line Indicator"),
            ],
            [
                [
                    *(f"#{person.idnumber}", f"#{person.username}", person.last, person.first),
                    *(person.email, "", "#"),
                ]
                for person in CLASS
            ],
        ),
        lambda person: person.username,
        *(KeyKind.ID_NUMBER, KeyKind.USERNAME, KeyKind.EMAIL, KeyKind.NAME),
    )
    yield case(
        "Brightspace, by number alone",
        table(
            ["OrgDefinedId", "Last Name", "First Name", "End-of-Line Indicator"],
            [[f"#{person.idnumber}", person.last, person.first, "#"] for person in CLASS],
        ),
        lambda person: person.idnumber,
        *(KeyKind.ID_NUMBER, KeyKind.NAME),
    )
    yield case(
        "Brightspace, by username alone",
        table(
            ["Username", "Last Name", "First Name", "End-of-Line Indicator"],
            [[f"#{person.username}", person.last, person.first, "#"] for person in CLASS],
        ),
        lambda person: person.username,
        *(KeyKind.USERNAME, KeyKind.NAME),
    )
    blackboard = table(
        [
            *("Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability"),
            "M6 [Total Pts: 30 Score] |664617",
        ],
        [
            *(
                [person.last, person.first, person.username, person.idnumber, "", "Yes", ""]
                for person in CLASS
            ),
            ["Prof_PreviewUser", "P", "prof_previewuser", "prof_previewuser", "", "Yes", ""],
        ],
        delimiter="\t",
        quoted=True,
    )
    in_blackboard = (KeyKind.ID_NUMBER, KeyKind.USERNAME, KeyKind.NAME)
    for order in ("utf-16-le", "utf-16-be"):
        yield case(
            f"Blackboard, {order}",
            "\ufeff" + blackboard,
            lambda person: person.username,
            *in_blackboard,
            encoding=order,
        )
    yield case(
        "Blackboard, with commas",
        blackboard.replace("\t", ","),
        lambda person: person.username,
        *in_blackboard,
    )
    for language, header, roles in (
        (
            "de",
            ["Rolle/Status", "Anmeldename", "Vorname", "Nachname", "E-Mail", "Matrikelnummer"],
            ("Kursmitglied", "Kurstutor/in", "Kursadministrator/in"),
        ),
        (
            "en",
            ["Role/Status", "Login", "First Name", "Last Name", "E-Mail", "Matriculation number"],
            ("Course Member", "Course Tutor", "Course Administrator"),
        ),
    ):
        member, *staff = roles
        yield case(
            f"ILIAS, {language}",
            table(
                header,
                [
                    *([role, f"s{at}", "S", "S", "", ""] for at, role in enumerate(staff)),
                    *(
                        [
                            *(member, person.username, person.first, person.last),
                            *(person.email, person.idnumber),
                        ]
                        for person in CLASS
                    ),
                ],
                delimiter=";",
                line_end="\n",
                quoted=True,
            ),
            lambda person: person.username,
            *(KeyKind.USERNAME, KeyKind.ID_NUMBER, KeyKind.EMAIL, KeyKind.NAME),
            encoding="utf-8",
        )
    yield case(
        "Gradescope",
        table(
            ["First Name", "Last Name", "SID", "Email", "Role", "Section"],
            [
                *(
                    [person.first, person.last, person.idnumber, person.email, "Student", "A"]
                    for person in CLASS
                ),
                *(
                    ["S", "S", "", f"{role}@uni.example", role, ""]
                    for role in ("Instructor", "TA", "Reader")
                ),
            ],
        ),
        lambda person: person.idnumber,
        *(KeyKind.SIS_ID, KeyKind.EMAIL, KeyKind.NAME),
        encoding="utf-8",
    )
    yield case(
        "Gradescope, with whole names and without SID",
        table(
            ["Name", "SID", "Email", "Role"],
            [[person.full, "", person.email, "Student"] for person in CLASS],
        ),
        lambda person: person.email,
        *(KeyKind.EMAIL,),
    )
    yield case(
        "Gradescope's grades",
        table(
            ["First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Status"],
            [
                [person.first, person.last, person.idnumber, person.email, "", "", "Missing"]
                for person in CLASS
            ],
        ),
        lambda person: person.idnumber,
        *(KeyKind.SIS_ID, KeyKind.EMAIL, KeyKind.NAME),
    )
    yield case(
        "Google Classroom",
        table(
            ["Last Name", "First Name", "Email Address", "M6"],
            [[person.last, person.first, person.email, ""] for person in CLASS],
        ),
        lambda person: person.email,
        *(KeyKind.EMAIL, KeyKind.NAME),
    )


def github_cases() -> Iterator[RosterCase]:
    """Yield the files of classrooms on GitHub."""
    login, number = KNOWN[KeyKind.LOGIN], KNOWN[KeyKind.GITHUB_ID]
    yield case(
        "GitHub Classroom",
        table(
            ["identifier", "github_username", "github_id", "name"],
            [
                [person.email, login(person).upper(), number(person), person.full]
                for person in CLASS
            ],
            line_end="\n",
            quoted=True,
        ).replace('"\n', '" \n'),
        login,
        *(KeyKind.LOGIN, KeyKind.GITHUB_ID, KeyKind.EMAIL),
        encoding="utf-8",
    )
    yield case(
        "GitHub Classroom, before anybody has accepted",
        table(
            ["identifier", "github_username", "github_id", "name"],
            [[person.username, "", "", ""] for person in CLASS],
            quoted=True,
        ),
        lambda person: person.username,
        KeyKind.USERNAME,
    )
    header = ["username", "first_name", "last_name", "email", "section", "github_id", "role"]
    students = [
        [login(person), person.first, person.last, person.email, "A", number(person), role]
        for person, role in zip(CLASS, ["student", ""] * len(CLASS), strict=False)
    ]
    staff = [
        [role, "S", "S", f"{role}@uni.example", "", str(at + 1), role]
        for at, role in enumerate(["teacher", "hta", "ta"])
    ]
    on_classroom_50 = (KeyKind.LOGIN, KeyKind.GITHUB_ID, KeyKind.EMAIL, KeyKind.NAME)
    yield case("Classroom 50", table(header, [*students, *staff]), login, *on_classroom_50)
    yield case(
        "Classroom 50, before it had roles",
        table(header[:-1], [row[:-1] for row in students]),
        login,
        *on_classroom_50,
    )
    yield case(
        "Classroom 50, for import",
        table(header[:5], [row[:5] for row in students]),
        login,
        *(KeyKind.LOGIN, KeyKind.EMAIL, KeyKind.NAME),
    )
    yield case(
        "Classroom 50, with a column for teams",
        table([*header, "team"], [[*row, "red"] for row in [*students, *staff]]),
        login,
        *on_classroom_50,
    )
    yield case(
        "Classroom 50, usernames alone",
        table(["username"], [[login(person)] for person in CLASS]),
        login,
        KeyKind.LOGIN,
    )
    yield case(
        "Classroom 50, usernames and roles",
        table(["username", "role"], [[row[0], row[-1]] for row in [*staff, *students]]),
        login,
        KeyKind.LOGIN,
    )


def spreadsheet_cases() -> Iterator[RosterCase]:
    """Yield tables that people keep, as spreadsheets save them."""
    rows = [[person.username, person.full, person.email] for person in CLASS]
    known = (KeyKind.USERNAME, KeyKind.EMAIL)
    yield case(
        "Excel, with its line `sep=`",
        "sep=;\r\n" + table(["id", "name", "email"], rows, ";"),
        lambda person: person.username,
        *known,
    )
    yield case(
        "Excel, with its line `sep=` and commas in the header",
        "sep=\t\r\n"
        + table(["id", "name", "email", "group,team"], [[*row, ""] for row in rows], "\t"),
        lambda person: person.username,
        *known,
    )
    yield case(
        "Excel, as Unicode text",
        "\ufeff" + table(["id", "name", "email"], rows, "\t"),
        lambda person: person.username,
        *known,
        encoding="utf-16-le",
    )
    for delimiter in ",;\t":
        yield case(
            f"everything quoted, {delimiter!r}",
            table(["id", "name", "email"], rows, delimiter, quoted=True),
            lambda person: person.username,
            *known,
        )
        yield case(
            f"blanks around quotes, {delimiter!r}",
            table(["id", "name", "email"], rows, delimiter, quoted=True).replace(
                f'"{delimiter}"', f'" {delimiter} "'
            ),
            lambda person: person.username,
            *known,
        )
    yield case(
        "usernames of an LMS",
        table(
            ["Username", "Email", "First name", "Last name"],
            [[person.username, person.email, person.first, person.last] for person in CLASS],
        ),
        lambda person: person.username,
        *(KeyKind.USERNAME, KeyKind.EMAIL, KeyKind.NAME),
    )
    yield case(
        "a German table",
        table(
            ["Matrikelnummer", "Vorname", "Name", "E-Mail"],
            [[person.idnumber, person.first, person.last, person.email] for person in CLASS],
            ";",
        ),
        lambda person: person.email,
        *(KeyKind.ID_NUMBER, KeyKind.EMAIL, KeyKind.NAME),
    )
    yield case(
        "a French table",
        table(
            ["Nom", "Prénom", "Courriel"],
            [[person.last, person.first, person.email] for person in CLASS],
            ";",
        ),
        lambda person: person.email,
        *(KeyKind.EMAIL, KeyKind.NAME),
    )


CASES = (*moodle_cases(), *lms_cases(), *github_cases(), *spreadsheet_cases())
