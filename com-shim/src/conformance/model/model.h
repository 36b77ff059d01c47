// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// A provider without an engine: the rules of the contract over a few structures in memory. The harness is tested with it: as it is
// every assertion that needs no engine holds, and with GNOMON_MODEL_DEFECT=N in the environment it breaks assertion N.
// It protects nothing and must never be registered with VSS.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "../com.h"

namespace gnomon::conformance::model {

/** The assertion that is to be broken, 0 for none. */
int defect();
inline bool broken(int number) { return defect() == number; }

enum class State { PREPARING, PREPARED, PRECOMMITTED, COMMITTED, POSTCOMMITTED, PREFINAL, CREATED };

struct Snapshot {
  VSS_ID id = {};
  std::wstring volume;
  std::wstring exposedName, exposedPath, originatingMachine = L"MODEL", serviceMachine = L"MODEL";
  LONG attributes = 0;
};

struct SnapshotSet {
  VSS_ID id = {};
  LONG context = 0;
  State state = State::PREPARING;
  LONG count = 0;
  VSS_TIMESTAMP time = 0;
  std::vector<Snapshot> snapshots;
};

/** What an engine would hold; one for the process. All methods are to be called under its lock. */
class Store {
 public:
  static Store& instance();
  std::mutex lock;

  HRESULT begin(const VSS_ID& set, const VSS_ID& snapshot, const std::wstring& volume, LONG context);
  /** Makes the step from one state to the next; anything else is a veto, which ends a set that is not finished. */
  HRESULT step(const VSS_ID& set, State from, State to, bool final);
  HRESULT abort(const VSS_ID& set);
  void discardUnfinished();
  bool underWay() const;
  SnapshotSet* find(const VSS_ID& set);
  /** A snapshot that requesters may see; null otherwise. */
  Snapshot* visible(const VSS_ID& snapshot, SnapshotSet** set);
  std::vector<SnapshotSet> sets;

 private:
  void discard(const VSS_ID& set);
};

/** S_OK for a volume, E_INVALIDARG for what is no name, VSS_E_OBJECT_NOT_FOUND for a name of nothing. */
HRESULT lookUp(const wchar_t* volume, bool* ours);
bool contextAccepted(LONG context);
/** Fills a structure with task memory; E_OUTOFMEMORY leaves zeros. */
HRESULT fill(const SnapshotSet& set, const Snapshot& snapshot, VSS_SNAPSHOT_PROP* out);
void release(VSS_SNAPSHOT_PROP* props);

/** Objects that are alive, for DllCanUnloadNow. */
void countObject(int change);
long objects();

/** An enumerator over structures that it owns. */
IVssEnumObject* makeEnumerator(std::vector<std::pair<SnapshotSet, Snapshot>> items, size_t position);

}  // namespace gnomon::conformance::model
