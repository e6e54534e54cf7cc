"""Tells by the word for a role, in many languages, whether somebody is staff or a student.

Source of many: Moodle's language packs, like those of `column_titles`. Moodle's and Blackboard's
roles can be renamed, so there are the usual words for people who teach, too.
"""

import re

from autograder.gradebook.roster.column_titles import column_key


def _word_set(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in _words(text))


def _words(role: str) -> list[str]:
    return [word for word in re.split(r"[\W_]+", column_key(role)) if word]


STAFF_WORDS = _word_set(
    # English: Classroom 50, Gradescope, Canvas, Blackboard, ILIAS, Moodle
    "teacher instructor hta ta reader assistant designer observer tutor administrator admin",
    "manager creator trainer professor lecturer grader marker builder facilitator coordinator",
    "supervisor staff faculty moderator demonstrator",
    # German
    "kurstutor kursadministrator kursadmin gruppenadministrator gruppenadmin kursersteller",
    "kurserstellerin trainerin tutorin dozent dozentin dozierende dozierender lehrende lehrender",
    "lehrer lehrerin lehrperson lehrkraft professorin kursleiter kursleiterin kursleitung betreuer",
    "betreuerin assistent assistentin korrektor korrektorin übungsleiter übungsleiterin hilfskraft",
    "administratorin",
    # Spanish
    "profesor profesora gestor gestora creador creadora administrador administradora docente",
    "ayudante asistente coordinador coordinadora instructora tutora evaluador evaluadora",
    # French
    "enseignant enseignante gestionnaire créateur créatrice administrateur administratrice",
    "professeur professeure formateur formatrice assistante tuteur tutrice correcteur correctrice",
    "concepteur conceptrice",
    # Italian
    "creatore creatrice amministratore amministratrice insegnante professore professoressa",
    "assistente istruttore istruttrice gestore",
    # Portuguese and Catalan
    "gerente criador criadora professora instrutor instrutora formador formadora professorat",
    "ajudant",
    # Dutch
    "leraar lerares docent beheerder leerkracht begeleider instructeur cursusmaker",
    "studentassistent",
    # Swedish
    "lärare kursutvecklare administratör handledare examinator kursledare amanuens",
    # Polish
    "prowadzący prowadząca menedżer nauczyciel nauczycielka wykładowca wykładowczyni asystent",
    "asystentka",
    # Russian
    "учитель учительница ассистент ассистентка управляющий преподаватель преподавательница лектор",
    "тьютор куратор администратор менеджер создатель инструктор доцент профессор",
    # Chinese
    "教师 教師 老师 老師 讲师 講師 教授 助教 导师 導師 授课教师 授課教師",
    "主讲教师 主講教師 无编辑权教师 無編輯權教師 非編輯教師",
    "管理员 管理員 管理者 课程创建者 課程建立者 課程創建者 课程管理员",
    # Japanese
    "編集権限のない教師 教員 助手 マネージャ マネージャー コース作成者 チューター",
    "ティーチングアシスタント",
)
"""A role with one of these words in it is one of staff."""

_STUDENT_WORDS = _word_set(
    "student students learner member participant",
    "studentin studierende studierender teilnehmer teilnehmerin teilnehmende teilnehmender",
    "mitglied kursmitglied gruppenmitglied",
    "estudiante alumno alumna participante étudiant étudiante élève apprenant apprenante",
    "participante studente studentessa partecipante aluno aluna estudante estudiant estudianta",
    "alumne leerling cursist deelnemer studerande elev deltagare studentka uczeń uczennica",
    "uczestnik uczestniczka студент студентка учащийся слушатель участник",
    "学生 學生 学员 學員 参与人 参加者 受講者 受講生 学習者",
)


def is_staff(role: str) -> bool:
    """Whether a role is one of staff, in any of the systems and languages.

    >>> is_staff("Non-editing teacher"), is_staff("Trainer/in"), is_staff("Student")
    (True, True, False)
    """
    return not STAFF_WORDS.isdisjoint(_words(role)) and not is_both(role)


def is_both(role: str) -> bool:
    """Whether somebody has several roles, one of staff and one of a student.

    >>> is_both("Student, Tutor"), is_both("Student assistant"), is_both("Teacher, Manager")
    (True, False, False)
    """
    roles = [frozenset(_words(part)) for part in re.split("[,;]", role)]
    staff = [bool(words & STAFF_WORDS) for words in roles]
    student = [bool(words & _STUDENT_WORDS) and not words & STAFF_WORDS for words in roles]
    return any(staff) and any(student)


def is_student(role: str) -> bool:
    """Whether a role says in English that somebody is a student."""
    return "student" in _words(role)


def is_known(role: str) -> bool:
    """Whether a role says in any of the languages what somebody is; an empty one counts, too."""
    words = _words(role)
    return not words or not (STAFF_WORDS | _STUDENT_WORDS).isdisjoint(words)
