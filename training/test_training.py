"""`/usr/bin/python3 -m unittest` in this folder: what decides who is learned from, and what a pair is."""

import random
import unittest

from definitions import definitions_of
from forbidden import digests_of, is_forbidden
from licences import licence_of_files
from prose import clean_doc, clean_subject
from questions import as_question
from repositories import is_excluded
from sections import language_pairs, same_rows, same_sections
from vocabulary import WordCounts, make_vocabulary
from words import SubWords

MIT = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software"
GPL = "GNU GENERAL PUBLIC LICENSE Version 3"


class Rights(unittest.TestCase):
    def test_only_permissive_licences_are_let_in(self):
        self.assertEqual(licence_of_files({"LICENSE": MIT, "README.md": "GPL"}), "MIT")
        self.assertIsNone(licence_of_files({"LICENSE": GPL}))
        self.assertIsNone(licence_of_files({"LICENSE": MIT, "COPYING": GPL}))
        self.assertIsNone(licence_of_files({"README.md": MIT}))

    def test_names_and_forks_are_excluded(self):
        self.assertTrue(is_excluded("Pallets/Flask", {"pallets/flask"}))
        self.assertTrue(is_excluded("someone/flask", {"pallets/flask"}))
        self.assertFalse(is_excluded("pallets/werkzeug", {"pallets/flask"}))

    def test_forbidden_texts_are_known_in_any_spacing(self):
        text = "def parse(path):\n    return json.loads(open(path).read())  # and so on, for more letters than a digest looks at, and more"
        forbidden = set(digests_of(text))
        self.assertTrue(is_forbidden("a query of its own", text.replace(" ", "  ").replace("(", " ( "), forbidden))
        self.assertFalse(is_forbidden("a query of its own", text.replace("json", "yaml"), forbidden))

    def test_a_word_of_four_repositories_is_not_in_the_vocabulary(self):
        counts = WordCounts()
        for number in range(6):
            counts.add(WordCounts().of_texts(["shared shared 读取配置 " + ("rare 稀有" if number < 4 else "") * 9]))
        vocabulary = make_vocabulary(counts, 200, 100)
        self.assertIn("^shared", vocabulary)
        self.assertIn("读取配置", vocabulary)
        self.assertFalse({"^rare", "稀有", "稀"} & set(vocabulary))


class Pairs(unittest.TestCase):
    def test_definitions_come_with_their_comments_and_without_them_in_the_code(self):
        cases = {
            "Python": 'class Box:\n    def open(self):\n        """Opens the box."""\n        return 1\n',
            "TypeScript": "class Box {\n  /** Opens the box. */\n  open(): number {\n    return 1;\n  }\n}\n",
            "Go": "// Opens the box.\nfunc (b *Box) open() int {\n\treturn 1\n}\n",
            "C++": "/// Opens the box.\nint Box::open() {\n  return 1;\n}\n",
            "Ruby": "class Box\n  # Opens the box.\n  def open\n    1\n  end\nend\n",
            "Zig": "const Box = struct {\n    /// Opens the box.\n    pub fn open(b: Box) u8 {\n        return 1;\n    }\n};\n",
            "Lua": "-- Opens the box.\nfunction Box.open()\n  return 1\nend\n",
            "Shell": "# Opens the box.\nopen() {\n  echo 1; echo \"${x}\"\n}\n\nopened=1\n",
            "Haskell": "-- | Opens the box.\nopen :: Box -> Int\nopen _ = 1\n\nshut :: Box\nshut = 2\n",
        }
        for language, text in cases.items():
            found = next(it for it in definitions_of(text, language) if it.name.endswith("open"))
            around = "" if language in ("Lua", "Shell", "Haskell") else "Box"
            self.assertEqual((clean_doc(found.doc, "open"), found.around), ("Opens the box.", around), language)
            self.assertIn("1", found.code)
            self.assertNotRegex(found.code, "Opens|opened|shut")

    def test_a_comment_does_not_give_its_own_name_away(self):
        self.assertEqual(clean_doc("parseFile reads a file and parses it.", "parseFile"), "reads a file and parses it.")
        self.assertIsNone(clean_doc("Copyright 2020 the authors of this", "x"))
        self.assertEqual(clean_subject("fix(core): crash on empty input (#12)"), "crash on empty input")
        self.assertIsNone(clean_subject("Bump version to 1.2.3"))

    def test_translations_are_put_side_by_side(self):
        self.assertEqual(
            language_pairs(["docs/a.zh-CN.md", "docs/a.en-US.md", "b.md"]), [("docs/a.zh-CN.md", "docs/a.en-US.md")]
        )
        pairs = same_sections("# 安装\n说明\n## 用法\n文字", "# Install\nwords\n## Usage\ntext")
        self.assertEqual([(ours[1], theirs[1]) for ours, theirs in pairs], [("安装", "Install"), ("用法", "Usage")])
        rows = same_rows("| size | 大小 | 1 |", "| size | how large it is | 1 |")
        self.assertEqual(rows, [("size", "大小", "how large it is")])

    def test_questions_keep_the_words(self):
        for seed in range(20):
            asked = as_question("Returns the number of open files.", "Go", "doc", random.Random(seed))
            self.assertTrue("open files" in asked or "number" in asked, asked)
            self.assertIn("连接池", as_question("用于初始化连接池", "Java", "doc", random.Random(seed)))


class Words(unittest.TestCase):
    def test_words_are_cut_as_the_runtime_cuts_them(self):
        vocabulary = ["^parse", "^http", "^serv", "er", "配置", "文件", "读"]
        found = [vocabulary[number] for number in SubWords(vocabulary).of_text("parseHTTPServer 读配置文件")]
        self.assertEqual(found, ["^parse", "^http", "^serv", "er", "读", "配置", "文件"])


if __name__ == "__main__":
    unittest.main()
