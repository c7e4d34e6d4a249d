// Documents: what YAML and JSON texts become, and which texts are refused where.
#include "schemas/vocabulary/document.hpp"

#include <gmock/gmock.h>

namespace schemas {
namespace {

using ::testing::HasSubstr;

Node yaml(const std::string& text) {
  auto documents = read_yaml(text, "t.yaml");
  EXPECT_TRUE(documents.has_value()) << (documents ? "" : documents.error().text());
  if (!documents || documents->empty()) return Node::null();
  return documents->front();
}

std::string refusal(const std::string& text) {
  auto documents = read_yaml(text, "t.yaml");
  return documents ? "accepted" : documents.error().text();
}

std::string json_refusal(const std::string& text) {
  auto node = read_json(text, "t.json");
  return node ? "accepted" : node.error().text();
}

TEST(Document, RemembersWhereEachKeyAndValueStands) {
  const Node node = yaml("a:\n  - x\n  - b: 1\n");
  const Node& second = node.find("a")->items[1];
  EXPECT_EQ(second.mark.text(), "t.yaml:3:5");
  EXPECT_EQ(second.entries[0].key_mark.text(), "t.yaml:3:5");
  EXPECT_EQ(second.entries[0].value.mark.text(), "t.yaml:3:8");
}

TEST(Document, TellsPlainFromQuotedScalars) {
  const Node node = yaml("a: yes\nb: \"yes\"\nc: 'x'\nd: |\n  block\ne:\nf: ~\n");
  EXPECT_EQ(node.find("a")->kind, Node::Kind::Plain);
  EXPECT_EQ(node.find("b")->kind, Node::Kind::Quoted);
  EXPECT_EQ(node.find("c")->kind, Node::Kind::Quoted);
  EXPECT_EQ(node.find("d")->text, "block\n");
  EXPECT_TRUE(node.find("e")->is_null());
  EXPECT_TRUE(node.find("f")->is_null());
}

TEST(Document, ResolvesAliasesAndMergesWithTheOwnKeyWinning) {
  const Node node = yaml("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n");
  EXPECT_EQ(write_json(*node.find("c")), R"({"x":3,"y":1,"z":2})");
}

TEST(Document, KeepsTagsOfTheLoader) {
  EXPECT_EQ(yaml("a: !reset null\n").find("a")->tag, "!reset");
  EXPECT_EQ(yaml("a: !override [x]\n").find("a")->tag, "!override");
}

TEST(Document, ReadsSeveralDocuments) {
  auto documents = read_yaml("a: 1\n---\nb: 2\n", "t.yaml");
  ASSERT_TRUE(documents.has_value());
  EXPECT_EQ(documents->size(), 2U);
}

TEST(Document, RefusesDuplicateKeysNamingBothLines) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "t.yaml:3:1: key `a` is already on line 1");
}

TEST(Document, RefusesWhatIsNoText) {
  EXPECT_THAT(refusal(std::string("a: \0b", 5)), HasSubstr("t.yaml:1:4: a NUL byte"));
  EXPECT_THAT(refusal("a: 1\nb: \xff\n"), HasSubstr("t.yaml:2:4: this is not UTF-8"));
  EXPECT_THAT(refusal("a: \xc0\xaf"), HasSubstr("not UTF-8"));
  EXPECT_THAT(refusal("a: \xed\xa0\x80"), HasSubstr("not UTF-8"));
}

TEST(Document, RefusesCyclesUnknownAliasesAndKeysThatAreNoText) {
  EXPECT_THAT(refusal("a: &a [*a]\n"), HasSubstr("a cycle"));
  EXPECT_THAT(refusal("a: *nobody\n"), HasSubstr("t.yaml:1:4"));
  EXPECT_THAT(refusal("? [a, b]\n: 1\n"), HasSubstr("a key must be a string"));
  EXPECT_THAT(refusal("a: 1\n<<: 5\n"), HasSubstr("`<<` takes a mapping"));
}

TEST(Document, RefusesAnAliasBombBeforeItGrows) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += fmt::format("a{0}: &a{0} [", i);
    for (int j = 0; j < 10; ++j) text += fmt::format("*a{}{}", i - 1, j < 9 ? ", " : "]\n");
  }
  EXPECT_THAT(refusal(text), HasSubstr("too large once its aliases are expanded"));
}

TEST(Document, RefusesLongTextsBehindManyAliases) {
  const DocumentLimits limits{.bytes = 10'000, .depth = 128, .nodes = 1'000'000};
  std::string text = "a: &a \"" + std::string(1000, 'x') + "\"\nb: [";
  for (int i = 0; i < 100; ++i) text += "*a,";
  auto documents = read_yaml(text + "]\n", "t.yaml", limits);
  ASSERT_FALSE(documents.has_value());
  EXPECT_THAT(documents.error().text(), HasSubstr("too large"));
}

TEST(Document, RefusesDeepNestingInBothLanguages) {
  const std::string brackets(5000, '[');
  std::string dashes;
  for (int i = 0; i < 5000; ++i) dashes += "- ";
  EXPECT_THAT(refusal(dashes), HasSubstr("nested deeper than 128 levels"));
  EXPECT_NE(refusal(brackets), "accepted");
  EXPECT_THAT(json_refusal(brackets), HasSubstr("nested too deep"));
}

TEST(Document, RefusesTextsBeyondTheByteLimit) {
  auto documents = read_yaml("a: 12345", "t.yaml", DocumentLimits{.bytes = 4});
  ASSERT_FALSE(documents.has_value());
  EXPECT_THAT(documents.error().text(), HasSubstr("more than the limit of 4"));
}

TEST(Document, TranslatesTheParsersWords) {
  EXPECT_THAT(refusal("a: [1, 2\n"), HasSubstr("`[` has no matching `]`"));
  EXPECT_THAT(refusal("a:\n  - x\n y: 2\n"), HasSubstr("t.yaml:3"));
}

TEST(Json, IsStrict) {
  for (const char* text :
       {"{a:1}", "[1,]", "{\"a\":1,}", "01", "1.", "+1", ".5", "'a'", "nul", "\"\\x\"", "\"\t\"",
        "[1] 2", "", "\"\\ud800\"", "{\"a\":1,\"a\":2}", "\"\\u0000\"", "\"open"}) {
    EXPECT_NE(json_refusal(text), "accepted") << text;
  }
}

TEST(Json, ReadsWhatItWrites) {
  const std::string text = R"({"a":[1,-2.5e3,true,null,"ü\n\"\\"],"b":{},"c":[]})";
  auto node = read_json(text, "t.json");
  ASSERT_TRUE(node.has_value()) << node.error().text();
  EXPECT_EQ(write_json(*node), text);
  EXPECT_EQ(read_json(R"("\ud83d\ude00\u00fc")", "t")->text, "😀ü");
}

TEST(Json, NamesThePlaceOfAnError) {
  EXPECT_EQ(json_refusal("{\n  \"a\": x\n}"), "t.json:2:8: a JSON value was expected here");
  EXPECT_EQ(json_refusal("{\"a\":1,\n\"a\":2}"), "t.json:2:1: key `a` is already on line 1");
}

TEST(Json, WritesBytesThatAreNoTextAsReplacements) {
  EXPECT_EQ(write_json(Node::string("a\xff"
                                    "b")),
            "\"a\\ufffdb\"");
}

TEST(Yaml, QuotesWhatAReaderCouldTakeForSomethingElse) {
  for (const char* text :
       {"yes", "Null", "1",          "0x1f", "1e3", "2026-01-31", "a: b",  "a #b",
        "-",   "- a",  "*a",         "&a",   "!a",  "",           " a",    "a ",
        "{",   "[",    "%a",         "@a",   "`a",  "a:",         "60:30", "~",
        "<<",  "?",    "line\nline", "ü",    "=",   "'",          "\"",    "true"}) {
    Node node = Node::mapping();
    node.set("key", Node::string(text));
    const Node back = yaml(write_yaml(node));
    ASSERT_NE(back.find("key"), nullptr) << write_yaml(node);
    EXPECT_EQ(back.find("key")->text, text) << write_yaml(node);
    EXPECT_EQ(back.find("key")->kind, Node::Kind::Quoted) << write_yaml(node);
  }
}

TEST(Yaml, LeavesDurationsAndSubnetsBare) {
  Node node = Node::sequence();
  node.add(Node::string("1m30s"));
  node.add(Node::string("10.1.0.0/24"));
  EXPECT_EQ(write_yaml(node), "- 1m30s\n- 10.1.0.0/24\n");
}

TEST(Yaml, WritesLongKeysSoThatTheyReadBack) {
  Node node = Node::mapping();
  node.set(std::string(3000, 'k'), Node::number(1));
  Node list = Node::sequence();
  list.add(node);
  EXPECT_EQ(write_json(yaml(write_yaml(list))), write_json(list));
}

TEST(Yaml, WritesBlocksThatReadBackEqual) {
  const Node node =
      yaml("a:\n  - b: {c: [1, x]}\n    d: []\n  - [p, [q]]\n  - {}\nn: null\nt: true\n");
  EXPECT_TRUE(same_value(node, yaml(write_yaml(node)))) << write_yaml(node);
}

TEST(Node, ComparesMappingsWhateverTheirOrder) {
  EXPECT_TRUE(same_value(yaml("{a: 1, b: 2}"), yaml("{b: 2, a: 1}")));
  EXPECT_FALSE(same_value(yaml("{a: 1}"), yaml("{a: \"1\"}")));
  EXPECT_FALSE(same_value(yaml("{a: 1}"), yaml("{b: 1}")));
}

}  // namespace
}  // namespace schemas
