// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "disk.h"

#include <bcrypt.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace gnomon::conformance {
namespace {

constexpr uint64_t ENTRIES = 128;
constexpr uint64_t ENTRY_BYTES = 128;
constexpr uint64_t ENTRY_SECTORS = ENTRIES * ENTRY_BYTES / SECTOR_BYTES;
constexpr uint64_t FIRST_USABLE = 2 + ENTRY_SECTORS;
constexpr uint64_t PARTITION_LBA = 2048;
constexpr uint32_t HEADER_BYTES = 92;
constexpr uint32_t REVISION = 0x00010000;
const GUID BASIC_DATA = {0xEBD0A0A2, 0xB9E5, 0x4433, {0x87, 0xC0, 0x68, 0xB6, 0xB7, 0x26, 0x99, 0xC7}};

// Offsets in the header and in an entry.
constexpr size_t HEADER_CRC = 16, HEADER_LBA = 24, HEADER_OTHER = 32, HEADER_FIRST = 40, HEADER_LAST = 48, HEADER_DISK = 56,
                 HEADER_TABLE = 72, HEADER_COUNT = 80, HEADER_SIZE = 84, HEADER_TABLE_CRC = 88;
constexpr size_t ENTRY_ID = 16, ENTRY_FIRST = 32, ENTRY_LAST = 40;

uint32_t crc32(const uint8_t* bytes, size_t count) {
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < count; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
  }
  return ~crc;
}

// Both sides are little-endian: the table by its specification, Windows by its nature.
template <typename T>
void put(std::vector<uint8_t>& bytes, size_t at, const T& value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <typename T>
T get(const std::vector<uint8_t>& bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::vector<uint8_t> headerOf(const GptDisk& disk, uint64_t sectors, bool primary, const std::vector<uint8_t>& table) {
  std::vector<uint8_t> header(SECTOR_BYTES);
  std::memcpy(header.data(), "EFI PART", 8);
  put(header, 8, REVISION);
  put(header, 12, HEADER_BYTES);
  put(header, HEADER_LBA, primary ? uint64_t{1} : sectors - 1);
  put(header, HEADER_OTHER, primary ? sectors - 1 : uint64_t{1});
  put(header, HEADER_FIRST, FIRST_USABLE);
  put(header, HEADER_LAST, sectors - FIRST_USABLE);
  put(header, HEADER_DISK, disk.diskId);
  put(header, HEADER_TABLE, primary ? uint64_t{2} : sectors - 1 - ENTRY_SECTORS);
  put(header, HEADER_COUNT, static_cast<uint32_t>(ENTRIES));
  put(header, HEADER_SIZE, static_cast<uint32_t>(ENTRY_BYTES));
  put(header, HEADER_TABLE_CRC, crc32(table.data(), table.size()));
  put(header, HEADER_CRC, crc32(header.data(), HEADER_BYTES));
  return header;
}

void require(NTSTATUS status, const char* what) {
  if (status < 0) throw std::runtime_error(std::string(what) + " failed");
}

}  // namespace

GptDisk writeGpt(Nbd& disk, const VSS_ID& diskId, const VSS_ID& partitionId) {
  uint64_t sectors = disk.sizeBytes() / SECTOR_BYTES;
  GptDisk table;
  table.diskId = diskId;
  table.partitionId = partitionId;
  table.firstLba = PARTITION_LBA;
  table.lastLba = sectors - PARTITION_LBA - 1;
  table.valid = true;
  std::vector<uint8_t> mbr(SECTOR_BYTES);
  mbr[446 + 4] = 0xEE;
  put(mbr, 446 + 8, uint32_t{1});
  put(mbr, 446 + 12, static_cast<uint32_t>(sectors - 1));
  put(mbr, 510, uint16_t{0xAA55});
  std::vector<uint8_t> entries(ENTRIES * ENTRY_BYTES);
  put(entries, 0, BASIC_DATA);
  put(entries, ENTRY_ID, partitionId);
  put(entries, ENTRY_FIRST, table.firstLba);
  put(entries, ENTRY_LAST, table.lastLba);
  disk.write(0, mbr);
  disk.write(SECTOR_BYTES, headerOf(table, sectors, true, entries));
  disk.write(2 * SECTOR_BYTES, entries);
  disk.write((sectors - 1 - ENTRY_SECTORS) * SECTOR_BYTES, entries);
  disk.write((sectors - 1) * SECTOR_BYTES, headerOf(table, sectors, false, entries));
  return table;
}

GptDisk readGpt(Nbd& disk, bool primary) {
  uint64_t sectors = disk.sizeBytes() / SECTOR_BYTES;
  uint64_t place = primary ? 1 : sectors - 1;
  std::vector<uint8_t> header = disk.read(place * SECTOR_BYTES, SECTOR_BYTES);
  GptDisk table;
  auto crc = get<uint32_t>(header, HEADER_CRC);
  auto tableLba = get<uint64_t>(header, HEADER_TABLE);
  bool sound = std::memcmp(header.data(), "EFI PART", 8) == 0 && get<uint64_t>(header, HEADER_LBA) == place &&
               get<uint32_t>(header, HEADER_COUNT) == ENTRIES && get<uint32_t>(header, HEADER_SIZE) == ENTRY_BYTES && tableLba < sectors;
  if (!sound) return table;
  put(header, HEADER_CRC, uint32_t{0});
  std::vector<uint8_t> entries = disk.read(tableLba * SECTOR_BYTES, static_cast<uint32_t>(ENTRIES * ENTRY_BYTES));
  table.valid = crc == crc32(header.data(), HEADER_BYTES) && get<uint32_t>(header, HEADER_TABLE_CRC) == crc32(entries.data(), entries.size());
  table.diskId = get<GUID>(header, HEADER_DISK);
  table.partitionId = get<GUID>(entries, ENTRY_ID);
  table.firstLba = get<uint64_t>(entries, ENTRY_FIRST);
  table.lastLba = get<uint64_t>(entries, ENTRY_LAST);
  return table;
}

Sha256::Sha256() {
  require(BCryptOpenAlgorithmProvider(&algorithm_, BCRYPT_SHA256_ALGORITHM, nullptr, 0), "BCryptOpenAlgorithmProvider");
  require(BCryptCreateHash(algorithm_, &hash_, nullptr, 0, nullptr, 0, 0), "BCryptCreateHash");
}

Sha256::~Sha256() {
  if (hash_ != nullptr) BCryptDestroyHash(hash_);
  BCryptCloseAlgorithmProvider(algorithm_, 0);
}

void Sha256::add(const uint8_t* bytes, size_t count) {
  require(BCryptHashData(hash_, const_cast<PUCHAR>(bytes), static_cast<ULONG>(count), 0), "BCryptHashData");
}

std::string Sha256::hex() {
  uint8_t digest[32];
  require(BCryptFinishHash(hash_, digest, sizeof digest, 0), "BCryptFinishHash");
  char text[65];
  for (int i = 0; i < 32; i++) std::snprintf(text + 2 * i, 3, "%02x", digest[i]);
  return text;
}

}  // namespace gnomon::conformance
