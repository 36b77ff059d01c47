// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// A disk with a GUID partition table, written and read over NBD (UEFI specification, section 5.3), and SHA-256.

#include <array>

#include "nbd.h"

namespace gnomon::conformance {

constexpr uint64_t SECTOR_BYTES = 512;

/** What of a table the assertions compare; one partition. */
struct GptDisk {
  VSS_ID diskId = {};
  VSS_ID partitionId = {};
  uint64_t firstLba = 0;
  uint64_t lastLba = 0;
  /** Signature, place and both CRCs are right. */
  bool valid = false;
};

/** Writes a protective MBR and both tables with one basic data partition. */
GptDisk writeGpt(Nbd& disk, const VSS_ID& diskId, const VSS_ID& partitionId);

/** Reads one of the two tables. */
GptDisk readGpt(Nbd& disk, bool primary);

/** SHA-256 by the system's own provider. */
class Sha256 {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void add(const uint8_t* bytes, size_t count);
  /** Ends the calculation. */
  std::string hex();

 private:
  void* algorithm_ = nullptr;
  void* hash_ = nullptr;
};

}  // namespace gnomon::conformance
