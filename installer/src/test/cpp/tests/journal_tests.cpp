// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Calls are counted, logged and made to fail.
#include <fstream>
#include <nlohmann/json.hpp>

#include "world.h"

namespace gnomon::doubles::test {

namespace {

void failAt(const wchar_t* what) { registry::setText(kTestKey, L"FailAt", what); }

std::vector<nlohmann::json> linesOf(const std::wstring& path) {
    std::ifstream file(utf8(path));
    std::vector<nlohmann::json> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

}  // namespace

TEST_CASE("the call that a test names fails, and no other") {
    const Clean clean;
    const Object catalog = newCatalog();
    failAt(L"VssAdmin:1:0x80042307;COMAdmin:3:0x80110408");
    const Object all = catalog.object(L"GetCollection", {L"Applications"});
    all.call(L"Populate");
    CHECK(all.tryCall(DISPATCH_PROPERTYGET, L"Count", {}) == codeOf(COMAdminErrAppFileReadFail));
    CHECK(countOf(all) == 0);
}

TEST_CASE("from a call on all can fail") {
    const Clean clean;
    const Object catalog = newCatalog();
    failAt(L"COMAdmin:2+:0x80004005");
    const Object all = catalog.object(L"GetCollection", {L"Applications"});
    CHECK(all.tryCall(DISPATCH_METHOD, L"Populate", {}) == E_FAIL);
    CHECK(all.tryCall(DISPATCH_METHOD, L"Populate", {}) == E_FAIL);
}

TEST_CASE("a setting that cannot be read fails every call") {
    const Clean clean;
    const Object catalog = newCatalog();
    failAt(L"the third");
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"GetCollection", {L"Applications"}) == E_UNEXPECTED);
}

TEST_CASE("every call is a line of the log, with its number, its arguments and its result") {
    const Clean clean;
    const std::wstring path = besideUs(L"calls.jsonl");
    DeleteFileW(path.c_str());
    registry::setText(kTestKey, L"Log", path);
    failAt(L"COMAdmin:3:0x80110408");
    const Object added = newCatalog().object(L"GetCollection", {L"Applications"}).object(L"Add");
    added.put(L"Name", L"a \"name\" – of ours");
    added.put(L"Authentication", 6);
    const auto lines = linesOf(path);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0]["member"] == "Catalog.GetCollection");
    CHECK(lines[1]["member"] == "Applications.Add");
    CHECK(lines[2]["arguments"][1] == "a \"name\" \xE2\x80\x93 of ours");
    CHECK(lines[2]["result"] == "0x80110408");
    CHECK(lines[3]["call"] == 4);
    CHECK(lines[3]["double"] == "COMAdmin");
    CHECK(lines[3]["arguments"] == nlohmann::json({"Authentication", "6"}));
    CHECK(lines[3]["result"] == "0x00000000");
}

}  // namespace gnomon::doubles::test
