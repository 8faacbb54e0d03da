/** Every permission there is, with what it allows. Roles and API keys are made of these and nothing else. */
export const permissions = {
  "tenant:read": "See the tenant's name, plan and settings.",
  "tenant:update": "Change the tenant's settings.",
  "user:read": "See the tenant's people.",
  "user:invite": "Invite people.",
  "user:update": "Change roles, deactivate and reactivate people.",
  "session:read": "See one's own open sessions.",
  "session:revoke": "End one's own sessions.",
  "apiKey:read": "See API keys, without their secrets.",
  "apiKey:create": "Make API keys with scopes one holds oneself.",
  "apiKey:revoke": "End API keys.",
  "dataset:read": "See datasets and their profiles.",
  "dataset:create": "Upload datasets.",
  "dataset:delete": "Delete datasets.",
  "model:read": "See models, versions and deployments.",
  "model:create": "Make models.",
  "model:update": "Change models.",
  "model:delete": "Delete models.",
  "model:deploy": "Deploy versions.",
  "model:export": "Download versions as files, weights included.",
  "training:read": "See training jobs and their progress.",
  "training:start": "Start training.",
  "training:cancel": "Cancel training.",
  "prediction:create": "Predict with deployed models.",
  "usage:read": "See usage and limits.",
  "audit:read": "See and verify the audit trail.",
  "operation:read": "See registered operations.",
  "operation:register": "Register and remove operations, and switch the allow-list on or off.",
} as const;

export type Permission = keyof typeof permissions;

export const allPermissions = Object.keys(permissions) as Permission[];

export const isPermission = (name: string): name is Permission => Object.hasOwn(permissions, name);
