// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// gnomon-machine.exe: stays in a Wine prefix while tests run, and answers what they ask of it, because starting a program of Wine for each
// question takes longer than the answer. A request is a line of words with tabs between them; the answer is a line: "ok", or what failed.
//
//   look FILE           writes what build/setup-tests/windows.py compares: all of HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, volatile
//                       keys too, in the form of regedit's exports (UTF-8, keys and values in the registry's order), then [services] and
//                       the names of the services that run
//   set NAME TEXT       sets a text of HKLM\SOFTWARE\GnomonTest
//   unset NAME          takes it away, if it is there
//   delete KEY          deletes a key below HKEY_LOCAL_MACHINE with all that is in it; it has to be there
//   forget KEY          the same, but it need not be there

#include <cstdio>
#include <cwchar>
#include <iostream>
#include <sstream>

#include "export.h"
#include "registry.h"

namespace gnomon::doubles {

namespace {

std::vector<std::string> wordsOf(const std::string& line) {
    std::vector<std::string> words;
    std::istringstream in(line);
    for (std::string word; std::getline(in, word, '\t');) words.push_back(word);
    return words;
}

void writeFile(const std::wstring& path, const std::string& content) {
    const Handle file = fileHandle(CreateFileW(path.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr));
    DWORD written = 0;
    if (!file || !WriteFile(file.get(), content.data(), static_cast<DWORD>(content.size()), &written, nullptr) || written != content.size()) {
        throw Failure{HRESULT_FROM_WIN32(GetLastError())};
    }
}

bool answer(const std::vector<std::string>& words, SeenKeys& seen) {
    if (words.empty()) return false;
    const auto is = [&](const char* verb, std::size_t count) { return words[0] == verb && words.size() == count; };
    if (is("look", 2)) {
        std::string content;
        exportTree(content, HKEY_LOCAL_MACHINE, "HKEY_LOCAL_MACHINE", seen);
        exportTree(content, HKEY_CURRENT_USER, "HKEY_CURRENT_USER", seen);
        exportServices(content);
        writeFile(wide(words[1]), content);
    } else if (is("set", 3)) {
        registry::setText(kTestKey, wide(words[1]).c_str(), wide(words[2]));
    } else if (is("unset", 2)) {
        registry::deleteValue(kTestKey, wide(words[1]).c_str());
    } else if (is("delete", 2)) {
        if (!registry::exists(wide(words[1]))) throw Failure{HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)};
        registry::deleteTree(wide(words[1]));
    } else if (is("forget", 2)) {
        registry::deleteTree(wide(words[1]));
    } else {
        return false;
    }
    return true;
}

}  // namespace

}  // namespace gnomon::doubles

int main() {
    using namespace gnomon::doubles;
    SeenKeys seen;
    for (std::string line; std::getline(std::cin, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        try {
            std::puts(answer(wordsOf(line), seen) ? "ok" : "no such request");
        } catch (const Failure& failure) {
            std::printf("failed with 0x%08lx\n", static_cast<unsigned long>(failure.result));
        }
        std::fflush(stdout);
    }
}
