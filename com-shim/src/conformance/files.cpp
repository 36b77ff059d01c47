// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "disks and files"

#include <algorithm>
#include <array>
#include <cstring>

#include "disk.h"
#include "rig.h"

namespace gnomon::conformance {
namespace {

/** Files below a directory with their SHA-256, as the operator's manifest has them: "sha256  path" with "/" between names. */
class TreeReader {
 public:
  explicit TreeReader(std::wstring root) : root_(std::move(root)) {}

  std::map<std::string, std::string> read() {
    visit(L"");
    return found_;
  }

 private:
  void visit(const std::wstring& below) {
    WIN32_FIND_DATAW entry = {};
    HANDLE search = FindFirstFileW((root_ + L"\\" + below + L"*").c_str(), &entry);
    if (search == INVALID_HANDLE_VALUE) {
      fail("listing '" + utf8(root_ + L"\\" + below) + "'", "entries", "error " + std::to_string(GetLastError()));
    }
    do {
      std::wstring name = entry.cFileName;
      if (name == L"." || name == L"..") continue;
      if ((entry.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        visit(below + name + L"\\");
      } else {
        hash(below + name);
      }
    } while (FindNextFileW(search, &entry));
    FindClose(search);
  }

  void hash(const std::wstring& path) {
    HANDLE file = CreateFileW((root_ + L"\\" + path).c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
    if (file == INVALID_HANDLE_VALUE) fail("opening '" + utf8(path) + "'", "a handle", "error " + std::to_string(GetLastError()));
    Sha256 sha;
    std::vector<uint8_t> buffer(1 << 18);
    DWORD got = 0;
    BOOL ok;
    while ((ok = ReadFile(file, buffer.data(), static_cast<DWORD>(buffer.size()), &got, nullptr)) != FALSE && got > 0) {
      sha.add(buffer.data(), got);
    }
    CloseHandle(file);
    check("'" + utf8(path) + "' can be read to its end", ok != FALSE);
    std::string name = utf8(path);
    for (char& c : name) {
      if (c == '\\') c = '/';
    }
    found_[name] = sha.hex();
  }

  std::wstring root_;
  std::map<std::string, std::string> found_;
};

std::map<std::string, std::string> parsed(const std::string& manifest) {
  std::map<std::string, std::string> files;
  std::istringstream lines(manifest);
  std::string hash, path;
  while (lines >> hash && std::getline(lines >> std::ws, path)) files[path] = hash;
  return files;
}

/** What the partition holds, between the two tables. */
std::vector<uint8_t> partitionBytes(Nbd& disk, const GptDisk& table) {
  constexpr uint64_t PART_BYTES = 1 << 20;
  std::vector<uint8_t> all;
  uint64_t end = (table.lastLba + 1) * SECTOR_BYTES;
  for (uint64_t at = table.firstLba * SECTOR_BYTES; at < end; at += PART_BYTES) {
    std::vector<uint8_t> part = disk.read(at, static_cast<uint32_t>(std::min(PART_BYTES, end - at)));
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

ASSERTION(83, "a copy is another disk than its source, with the same data") {
  Provider provider = rig.activate();
  const Volume& volume = rig.U();
  GptDisk source;
  std::vector<uint8_t> data;
  {
    Nbd disk = rig.openVolume(volume);
    source = writeGpt(disk, newId(), newId());
    std::vector<uint8_t> content(1 << 20);
    for (size_t i = 0; i < content.size(); i++) content[i] = static_cast<uint8_t>(i * 2654435761u >> 13);
    disk.write(source.firstLba * SECTOR_BYTES, content);
    disk.flush();
    data = partitionBytes(disk, source);
  }
  Set set = rig.create(provider, {&volume});
  Nbd copy = rig.openExport(rig.copyExport(set.snapshots[0], "disk"));
  GptDisk primary = readGpt(copy, true);
  GptDisk backup = readGpt(copy, false);
  check("CRCs of the copy's primary table are right", primary.valid);
  check("CRCs of the copy's backup table are right", backup.valid);
  check("both tables name the same disk", primary.diskId == backup.diskId);
  check("both tables name the same partition", primary.partitionId == backup.partitionId);
  check("the copy's disk GUID differs from its source's", primary.diskId != source.diskId);
  check("the copy's partition GUID differs from its source's", primary.partitionId != source.partitionId);
  expectEqual("first block of the copy's partition", source.firstLba, primary.firstLba);
  expectEqual("last block of the copy's partition", source.lastLba, primary.lastLba);
  check("the partition's data are byte-identical", partitionBytes(copy, primary) == data);
  Nbd again = rig.openVolume(volume);
  GptDisk untouched = readGpt(again, true);
  check("the source's own table is as it was", untouched.valid && untouched.diskId == source.diskId &&
                                                   untouched.partitionId == source.partitionId);
  leaveOpen("the VPD 0x83 identifier: no SCSI device yet");
}

ASSERTION(END_TO_END, "files written by a Linux client are read by a Windows program from the copy") {
  Provider provider = rig.activate();
  const Volume& volume = rig.V();
  Operator::Values tree = rig.op().ask("tree.make", {{"volume", volume.exportName}});
  std::map<std::string, std::string> expected = parsed(tree.at("manifest"));
  check("the tree has files", expected.size() >= 10);
  Set set = rig.create(provider, {&volume});
  rig.op().ask("tree.change", {{"volume", volume.exportName}});
  Props props;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(set.snapshots[0], &props));
  std::wstring device = orEmpty(props->m_pwszSnapshotDeviceObject);
  rig.op().ask("surface", {{"snapshot", textOf(set.snapshots[0])}, {"device", utf8(device)}});
  std::map<std::string, std::string> actual;
  try {
    actual = TreeReader(device).read();
  } catch (...) {
    rig.op().ask("unsurface");
    throw;
  }
  rig.op().ask("unsurface");
  for (const auto& [path, hash] : expected) {
    auto found = actual.find(path);
    expectEqual("SHA-256 of " + path, hash, found == actual.end() ? std::string("no such file") : found->second);
  }
  expectEqual("files of the copy", expected.size(), actual.size());
  std::printf("   %zu files, %s bytes, written over NBD and read through %s\n", actual.size(), tree.at("bytes").c_str(), utf8(device).c_str());
}

}  // namespace gnomon::conformance
