// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "rig.h"

namespace gnomon::conformance {
namespace {

constexpr int ENOUGH_TO_VANISH_MILLIS = 5000;
// A provider that found the engine hanging may answer without asking it for 30 s.
constexpr int ENOUGH_TO_COME_BACK_MILLIS = 35000;

Volume volumeOf(const Operator::Values& values, const std::string& prefix) {
  auto value = [&](const char* key) {
    auto found = values.find(prefix + key);
    return found == values.end() ? std::string() : found->second;
  };
  return {wide(value(".guid")), wide(value(".drive")), wide(value(".folder")), value(".export")};
}

std::vector<Volume> volumesOf(const Operator::Values& values, const std::string& prefix) {
  std::vector<Volume> all;
  for (int i = 0; values.count(prefix + std::to_string(i) + ".guid") > 0; i++) {
    all.push_back(volumeOf(values, prefix + std::to_string(i)));
  }
  return all;
}

}  // namespace

const char* nameOf(Step step) {
  switch (step) {
    case Step::BEGUN: return "PREPARING";
    case Step::PREPARED: return "PREPARED";
    case Step::PRECOMMITTED: return "PRECOMMITTED";
    case Step::COMMITTED: return "COMMITTED";
    case Step::POSTCOMMITTED: return "POSTCOMMITTED";
    case Step::PREFINAL: return "PREFINALCOMMITTED";
    case Step::CREATED: return "CREATED";
  }
  return "?";
}

Rig::Rig(Options options) : options_(std::move(options)), foreign_(options_.foreign) {
  if (!options_.operatorEndpoint.empty()) {
    operator_ = std::make_unique<Operator>(options_.operatorEndpoint);
    description_ = operator_->ask("describe");
    volumes_ = volumesOf(description_, "volume");
    many_ = volumesOf(description_, "many");
    foreign_ = wide(described("foreign"));
  }
  for (const std::wstring& path : options_.volumes) volumes_.push_back({path, {}, {}, {}});
}

Operator& Rig::op() {
  if (operator_ == nullptr) throw NotVerifiable{"no --operator that could do it"};
  return *operator_;
}

void Rig::requireActivation() const {
  const std::string where = options_.local ? "--activation local: " : "--activation inproc: ";
  Com<IUnknown> object, provider;
  HRESULT hr = CoCreateInstance(options_.clsid, nullptr, options_.local ? CLSCTX_LOCAL_SERVER : CLSCTX_INPROC_SERVER,
                                __uuidof(IUnknown), object.putVoid());
  if (FAILED(hr)) {
    throw std::runtime_error(where + "no object of class " + textOf(options_.clsid) + " can be made: " + textOfHr(hr) +
                             (options_.local ? "; it needs a COM+ application, a LocalServer32 or a DllSurrogate" : ""));
  }
  hr = object->QueryInterface(__uuidof(IVssSoftwareSnapshotProvider), provider.putVoid());
  if (FAILED(hr)) {
    throw std::runtime_error(where + "class " + textOf(options_.clsid) + " does not give IVssSoftwareSnapshotProvider: " + textOfHr(hr) +
                             (options_.local ? "; it is no software provider, or this system has no proxy for the interface" : ""));
  }
}

Com<IUnknown> Rig::activateUnknown() const {
  Com<IUnknown> object;
  DWORD where = options_.local ? CLSCTX_LOCAL_SERVER : CLSCTX_INPROC_SERVER;
  expectHr("CoCreateInstance", S_OK, CoCreateInstance(options_.clsid, nullptr, where, __uuidof(IUnknown), object.putVoid()));
  return object;
}

const Volume& Rig::volume(size_t index) const {
  if (index >= volumes_.size()) throw NotVerifiable{"needs " + std::to_string(index + 1) + " volumes"};
  return volumes_[index];
}

const std::wstring& Rig::foreign() const {
  if (foreign_.empty()) throw NotVerifiable{"needs --foreign VOLUME"};
  return foreign_;
}

std::string Rig::described(const std::string& key) const {
  auto found = description_.find(key);
  return found == description_.end() ? std::string() : found->second;
}

Set Rig::begin(const Provider& provider, const std::vector<const Volume*>& volumes, LONG context) const {
  Set set;
  set.context = context;
  for (const Volume* volume : volumes) {
    set.snapshots.push_back(newId());
    set.volumes.push_back(volume);
    expectHr("BeginPrepareSnapshot", S_OK, provider.begin(set.id, set.snapshots.back(), volume->guidPath, context));
  }
  return set;
}

void Rig::advance(const Provider& provider, Set& set, Step to) const {
  auto count = static_cast<LONG>(set.snapshots.size());
  const struct {
    Step after;
    const char* call;
    std::function<HRESULT()> make;
  } calls[] = {
      {Step::PREPARED, "EndPrepareSnapshots", [&] { return provider.end(set.id); }},
      {Step::PRECOMMITTED, "PreCommitSnapshots", [&] { return provider.preCommit(set.id); }},
      {Step::COMMITTED, "CommitSnapshots", [&] { return provider.commit(set.id); }},
      {Step::POSTCOMMITTED, "PostCommitSnapshots", [&] { return provider.postCommit(set.id, count); }},
      {Step::PREFINAL, "PreFinalCommitSnapshots", [&] { return provider.preFinal(set.id); }},
      {Step::CREATED, "PostFinalCommitSnapshots", [&] { return provider.postFinal(set.id); }},
  };
  for (const auto& call : calls) {
    if (call.after <= set.step || call.after > to) continue;
    expectHr(call.call, S_OK, call.make());
    set.step = call.after;
  }
}

Set Rig::reach(const Provider& provider, const std::vector<const Volume*>& volumes, Step to, LONG context) const {
  Set set = begin(provider, volumes, context);
  advance(provider, set, to);
  return set;
}

bool Rig::exists(const Provider& provider, const VSS_ID& snapshot) const {
  Props props;
  HRESULT hr = provider.properties(snapshot, &props);
  expectHrOneOf("GetSnapshotProperties", {S_OK, VSS_E_OBJECT_NOT_FOUND}, hr);
  return hr == S_OK;
}

void Rig::expectGone(const Provider& provider, const Set& set) const {
  for (const VSS_ID& snapshot : set.snapshots) check("a snapshot of a discarded set is unknown", !exists(provider, snapshot));
  Provider all = activate();
  expectHr("SetContext(VSS_CTX_ALL)", S_OK, all.setContext(static_cast<LONG>(VSS_CTX_ALL)));
  for (const Props& item : all.list()) check("Query does not list a discarded set", item->m_SnapshotSetId != set.id);
  if (operator_ == nullptr) return;
  auto copies = [&] { return Operator::number(operator_->ask("held", {{"set", textOf(set.id)}}), "copiesOfSet"); };
  if (!eventually(ENOUGH_TO_VANISH_MILLIS, [&] { return copies() == 0; })) {
    fail("copies of a discarded set in the engine", "0", std::to_string(copies()));
  }
}

Nbd Rig::openExport(const std::string& name) const {
  std::string address = described("nbd.address");
  if (address.empty()) throw NotVerifiable{"no engine whose data could be read"};
  return Nbd(address, static_cast<uint16_t>(std::atoi(described("nbd.port").c_str())), name);
}

Nbd Rig::openVolume(const Volume& volume) const { return openExport(volume.exportName); }

std::string Rig::copyExport(const VSS_ID& snapshot, const char* kind) {
  return op().ask("export", {{"snapshot", textOf(snapshot)}}).at(kind);
}

Nbd Rig::openCopy(const VSS_ID& snapshot) { return openExport(copyExport(snapshot, "copy")); }

void Rig::startEngine(const Operator::Values& arguments) {
  op().ask("engine.start", arguments);
  awaitEngine();
}

void Rig::resumeEngine() {
  op().ask("engine.resume");
  awaitEngine();
}

void Rig::awaitEngine() {
  Provider provider = activate();
  auto answers = [&] {
    BOOL supported = FALSE;
    return provider.supported(V().guidPath, &supported) == S_OK && supported != FALSE;
  };
  check("the provider sees that the engine is there", eventually(ENOUGH_TO_COME_BACK_MILLIS, answers));
}

void Rig::fault(const std::string& call, const std::string& action, int times, const std::string& volume) {
  Operator::Values arguments = {{"call", call}, {"action", action}, {"times", std::to_string(times)}};
  if (!volume.empty()) arguments["volume"] = volume;
  op().ask("fault.add", arguments);
}

void Rig::clearFaults() {
  if (operator_ != nullptr) operator_->ask("fault.clear");
}

void Rig::clearAway() {
  if (operator_ != nullptr) {
    operator_->ask("ready");
    awaitEngine();
  }
  Provider provider = activate();
  // Whatever set is under way ends, as its host process would do it.
  provider.unload(true);
  expectHr("SetContext(VSS_CTX_ALL)", S_OK, provider.setContext(static_cast<LONG>(VSS_CTX_ALL)));
  for (const Props& item : provider.list()) {
    LONG deleted = 0;
    VSS_ID nondeleted = {};
    HRESULT hr = provider.remove(item->m_SnapshotId, VSS_OBJECT_SNAPSHOT, true, &deleted, &nondeleted);
    expectHrOneOf("DeleteSnapshots before an assertion", {S_OK, VSS_E_OBJECT_NOT_FOUND}, hr);
  }
}

}  // namespace gnomon::conformance
