// Pure: where tar entries land in a layer, and what whiteouts mean.
#include "runtime/image/layer_path.hpp"

#include <gtest/gtest.h>

namespace {

using runtime::LayerPath;
using runtime::LayerPathKind;

LayerPath path(std::string_view text) {
  auto result = runtime::read_layer_path(text);
  EXPECT_TRUE(result) << text;
  return result ? *result : LayerPath{};
}

TEST(LayerPath, IsRelativeToTheLayer) {
  EXPECT_EQ(path("/usr/./lib//x"), (LayerPath{LayerPathKind::Plain, "usr/lib", "x"}));
  EXPECT_EQ(path("x/"), (LayerPath{LayerPathKind::Plain, "", "x"}));
  for (const char* root : {".", "./", "/", "//."}) EXPECT_EQ(path(root).kind, LayerPathKind::Root);
}

TEST(LayerPath, KnowsWhiteouts) {
  EXPECT_EQ(path("a/.wh.b"), (LayerPath{LayerPathKind::Whiteout, "a", "b"}));
  EXPECT_EQ(path("a/.wh..wh..opq"), (LayerPath{LayerPathKind::Opaque, "a", ""}));
  EXPECT_EQ(path(".wh..wh.plnk/5.6").kind, LayerPathKind::Ignored);
  EXPECT_EQ(path(".wh..wh.aufs").kind, LayerPathKind::Ignored);
  EXPECT_EQ(path(".wh....").name, "...");
}

TEST(LayerPath, RefusesWhatLeadsAway) {
  for (const std::string& bad :
       {std::string("../x"), std::string("a/../../x"), std::string("./.."), std::string(".wh."),
        std::string(".wh.."), std::string(".wh..."), std::string(".wh.x/y"), std::string("a\0b", 3),
        std::string(256, 'x')}) {
    EXPECT_FALSE(runtime::read_layer_path(bad)) << bad;
  }
}

}  // namespace
