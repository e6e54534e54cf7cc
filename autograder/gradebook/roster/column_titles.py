"""The titles that systems give to the columns of a roster, in many languages.

Each list has the titles as the systems write them. `column_key` makes one spelling of all.

Source of most: the language packs of Moodle, 1.9 to 5 (`moodle.php`, `assign.php`), in English,
German, Spanish, French, Italian, Portuguese, Catalan, Dutch, Swedish, Polish, Russian, Chinese and
Japanese. Other systems use the same words, and so do people.
"""

import re
import unicodedata
from collections.abc import Sequence

_LONGEST = 200
"""Characters of a title that are compared. Those of known titles are fewer."""


def column_key(title: str) -> str:
    """Normalise a column's title: case, accents, hyphens, blanks and apostrophes do not matter.

    >>> column_key("E-Mail "), column_key("Numéro d'identification")
    ('e_mail', "numero_d'identification")
    """
    decomposed = unicodedata.normalize("NFKD", title[:_LONGEST].replace("\u2019", "'"))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"[\s_-]+", "_", bare.strip().casefold())


def column_keys(header: Sequence[str]) -> list[str]:
    """Normalise all titles of a header."""
    return [column_key(title) for title in header]


def _keys(*titles: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(column_key, titles)))


GITHUB_LOGIN = _keys("login", "github", "github_login", "github_username", "github_user")
GITHUB_ID = _keys("github_id")
EARLIER_ID = _keys("earlier_id")
FIRST_NAME = _keys(
    *("First name", "firstname", "Given name", "Forename", "Vorname", "Prénom", "Voornaam"),
    *("Förnamn", "Imię", "Имя", "名"),
)
LAST_NAME = _keys(
    *("Last name", "lastname", "Surname", "Family name", "Nachname", "Familienname"),
    *("Apellido(s)", "Apellido", "Apellidos", "Nom de famille", "Cognome", "Apelido", "Apelidos"),
    *("Sobrenome", "Cognoms", "Achternaam", "Efternamn", "Nazwisko", "Фамилия", "姓"),
)
FULL_NAME = _keys(
    *("Name", "Full name", "fullname", "Student", "User full name", "Display name"),
    *("Vollständiger Name", "Nutzername (vollständig)", "Nombre completo"),
    *("Nombre completo del usuario", "Nombre", "Nom complet", "Nom complet de l'utilisateur"),
    *("Nom", "Nome completo", "Nome completo dell'utente", "Nome completo do utilizador", "Nome"),
    *("Nom complet de l'usuari", "Volledige naam", "Volledige naam van de gebruiker", "Naam"),
    *("Fullständigt namn", "Hela namnet", "Namn", "Pełna nazwa", "Imię i nazwisko"),
    *("Полное имя", "Полное имя пользователя", "全名", "用户全名", "フルネーム"),
)
PART_OR_WHOLE = frozenset(_keys("Name", "Nombre", "Nom", "Nome", "Naam", "Namn"))
"""Titles of the full name or, if another column has one part of it, of the other part.

With `Apellidos`, `Nombre` is the first name; with `Prénom`, `Nom` is the last name.
"""
EMAIL = _keys(
    *("Email", "Email address", "E-mail", "Mail", "E-Mail-Adresse", "Dirección de correo"),
    *("Dirección de correo electrónico", "Correo electrónico", "Correo", "Adresse de courriel"),
    *("Courriel", "Adresse e-mail", "Adresse électronique", "Indirizzo email"),
    *("Indirizzo e-mail", "Endereço de email", "Endereço de e-mail"),
    *("Endereço de correio electrónico", "Correio eletrónico", "Adreça electrònica"),
    *("Correu electrònic", "E-mailadres", "E-postadress", "E-post", "Adres e-mail"),
    *("Адрес электронной почты", "电子邮件地址", "メールアドレス"),
)
USERNAME = _keys(
    *("Username", "User name", "Anmeldename", "Benutzername", "Nutzername", "Nombre de usuario"),
    *("Usuario", "Nom d'utilisateur", "Nome utente", "Nome de utilizador", "Nome de usuário"),
    *("Nom d'usuari", "Gebruikersnaam", "Användarnamn", "Nazwa użytkownika", "Логин", "用户名"),
    *("ユーザ名",),
)
ID_NUMBER = _keys(
    *("ID number", "idnumber", "ID-Nummer", "Matrikelnummer", "Matriculation number"),
    *("Número de ID", "Número de id.", "Numéro d'identification", "Numéro d'étudiant"),
    *("Codice identificativo", "Numero ID", "Matricola", "Número de identificação (ID)"),
    *("Número de identificação", "Código de identificação", "Número ID", "Nummer (ID)"),
    *("Studentnummer", "Numer ID", "Numer indeksu", "Индивидуальный номер", "学号", "IDナンバ"),
)
GROUP = _keys(
    *("Section", "Sections", "Group", "Groups", "Gruppe", "Gruppen", "Grupo", "Grupos"),
    *("Groupe", "Groupes", "Gruppo", "Gruppi", "Grup", "Grups", "Groep", "Groepen", "Grupp"),
    *("Grupper", "Grupa", "Grupy", "Группа", "Группы", "小组", "グループ"),
)
ROLE = _keys(
    *("Role", "Roles", "Rolle", "Rollen", "Rol", "Rôle", "Rôles", "Ruolo", "Ruoli", "Papel"),
    *("Papéis atribuídos", "Funções", "Rols", "Roll", "Roller", "Rola", "Роль", "Роли", "角色"),
    *("ロール",),
)
INSTITUTION = _keys(
    *("Institution", "Institución", "Istituzione", "Instituição", "Institució", "Instituut"),
    *("Instytucja", "Учреждение (организация)", "机构", "所属組織"),
)
IDENTIFIER = _keys(
    *("id", "student_id", "identifier", "sid", "Identificador", "Identifiant", "Identificativo"),
    *("Identificatie", "Identifierare", "Identyfikator", "Идентификатор", "标识符"),
)
RECORD_ID = _keys(*IDENTIFIER, "Número de identificação")
"""The first column of Moodle's grading worksheet, which holds `Participant 657717`."""
STATUS = _keys("Status", "Estado", "Statut", "Stato", "Estat", "Статус", "状态", "ステータス")
CHANGEABLE = _keys(
    *("Grade can be changed", "Bewertung kann geändert werden"),
    *("La calificación puede ser cambiada", "La note peut être modifiée"),
    *("La valutazione può essere cambiata", "A nota pode ser alterada."),
    *("A nota pode ser alterada", "Nota pode ser alterada", "Es pot canviar la qualificació"),
    *("Het cijfer kan gewijzigd worden", "Betyg kan ändras", "Ocena może być zmieniona"),
    *("Оценка может быть изменена", "允许更改成绩", "評点変更可"),
)
"""A column that only Moodle's grading worksheet has."""

PARTICIPANTS = (
    *("Participant", "Teilnehmer/in", "Teilnehmer", "Participante", "Partecipante", "Deelnemer"),
    *("Deltagare", "Uczestnik", "Участник", "参与人", "参加者"),
)
"""What the worksheet calls a participant: `Participant 657717`, `Teilnehmer/in12345`."""
