export const jump = {
  jump: {
    group: { apps: 'Apps', pages: 'Pages', roles: 'Roles', users: 'Users' },
    label: 'Search or jump to…',
    newUser: 'Create User',
    results: 'Results',
  },
};
