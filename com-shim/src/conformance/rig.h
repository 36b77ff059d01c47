// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// What the assertions stand on: the options, the volumes that the operator described, activation, and the sequence of VSS.

#include <functional>
#include <memory>
#include <optional>

#include "operator.h"
#include "provider.h"

namespace gnomon::conformance {

struct Options {
  CLSID clsid = {};
  VSS_ID providerId = {};
  /** Out of process, through the proxy: NULL pointers do not arrive there. */
  bool local = false;
  /** The DLL for the assertions about its exports; the registered one if empty. */
  std::wstring dll;
  std::string operatorEndpoint;
  /** Used without an operator: volumes that the provider supports, and one that it does not. */
  std::vector<std::wstring> volumes;
  std::wstring foreign;
  bool longRun = false;
  bool times = false;
  uint64_t seed = 0;
  std::set<int> only;
  std::map<std::string, std::string> measure;
};

/** A volume of which shadow copies can be made. */
struct Volume {
  std::wstring guidPath;
  std::wstring drive;   // "V:\", may be empty
  std::wstring folder;  // "C:\mount\v\", may be empty
  std::string exportName;
};

/** How far a set is driven, by the call that was made last. */
enum class Step { BEGUN, PREPARED, PRECOMMITTED, COMMITTED, POSTCOMMITTED, PREFINAL, CREATED };

constexpr Step ALL_STEPS[] = {Step::BEGUN,         Step::PREPARED, Step::PRECOMMITTED, Step::COMMITTED,
                              Step::POSTCOMMITTED, Step::PREFINAL, Step::CREATED};
const char* nameOf(Step step);

/** A set on its way, with the ids in the order of its volumes. */
struct Set {
  VSS_ID id = newId();
  std::vector<VSS_ID> snapshots;
  std::vector<const Volume*> volumes;
  LONG context = 0;
  Step step = Step::BEGUN;
};

class Rig {
 public:
  explicit Rig(Options options);

  const Options& options() const { return options_; }
  bool hasOperator() const { return operator_ != nullptr; }
  /** The operator; without one the assertion cannot be decided. */
  Operator& op();

  /** Throws, with what is missing, if no object can be made where the options want it. */
  void requireActivation() const;

  /** Makes an object of the registered class. */
  Com<IUnknown> activateUnknown() const;
  Provider activate() const { return Provider(activateUnknown()); }

  /** The n-th volume, counted from 0; without so many the assertion cannot be decided. */
  const Volume& volume(size_t index) const;
  const Volume& V() const { return volume(0); }
  const Volume& W() const { return volume(1); }
  const Volume& U() const { return volume(2); }
  /** Small volumes for large sets. */
  const std::vector<Volume>& many() const { return many_; }
  /** An existing volume that no engine serves. */
  const std::wstring& foreign() const;
  /** A value of the operator's description, empty if it has none. */
  std::string described(const std::string& key) const;

  /** BeginPrepareSnapshot for each of the volumes. */
  Set begin(const Provider& provider, const std::vector<const Volume*>& volumes, LONG context = 0) const;
  /** Goes on with the calls of VSS up to the step; each must succeed. */
  void advance(const Provider& provider, Set& set, Step to) const;
  Set reach(const Provider& provider, const std::vector<const Volume*>& volumes, Step to, LONG context = 0) const;
  Set create(const Provider& provider, const std::vector<const Volume*>& volumes, LONG context = 0) const {
    return reach(provider, volumes, Step::CREATED, context);
  }

  /** Whether a snapshot exists for its requester. */
  bool exists(const Provider& provider, const VSS_ID& snapshot) const;
  /** Expects that nothing at all of the set is left: it is unknown, its volumes are free, its space is back. */
  void expectGone(const Provider& provider, const Set& set) const;

  /** A data connection to a volume, a copy (read-only) or the overlay of a copy. */
  Nbd openVolume(const Volume& volume) const;
  Nbd openCopy(const VSS_ID& snapshot);
  std::string copyExport(const VSS_ID& snapshot, const char* kind);
  Nbd openExport(const std::string& name) const;

  /** What the engine holds: numbers by name, such as "sets", "copies", "reservedBytes". */
  Operator::Values held() { return op().ask("held"); }
  int64_t heldNumber(const char* key) { return Operator::number(held(), key); }

  /** Starts the engine and waits until the provider knows that it is there, which it may believe only after a while. */
  void startEngine(const Operator::Values& arguments = {});
  void resumeEngine();

  /** `gnomon fault add`: the action as its command line has it. */
  void fault(const std::string& call, const std::string& action, int times = 1, const std::string& volume = {});
  void clearFaults();

  /** Engine running, no faults, no sets, no snapshots: where each assertion begins. */
  void clearAway();

  /** 1,000 if everything is run, a tenth otherwise. */
  int loops(int ofLongRun) const { return options_.longRun ? ofLongRun : ofLongRun / 10; }

 private:
  void awaitEngine();

  Options options_;
  std::unique_ptr<Operator> operator_;
  Operator::Values description_;
  std::vector<Volume> volumes_;
  std::vector<Volume> many_;
  std::wstring foreign_;
};

}  // namespace gnomon::conformance
